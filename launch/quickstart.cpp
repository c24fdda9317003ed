// `tessera quickstart` makes a trained model from text in minutes, then compares the model with
// models that need no training. The comparison is printed even when the model loses.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/assembly/device.h"
#include "framework/config/parse.h"
#include "framework/config/value.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_number.h"
#include "framework/core/whole_file.h"
#include "framework/data/token_shards.h"
#include "framework/train/model_learner.h"
#include "launch/command_line.h"
#include "launch/quickstart_folder.h"
#include "launch/quickstart_score.h"
#include "launch/shell_word.h"
#include "launch/tokenize.h"
#include "launch/train_tokenizer.h"
#include "launch/verbs.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFolder = QuickstartFolder::kPath;
constexpr int64_t kFewestSteps = 100, kMostSteps = 20000;
constexpr double kMostSeconds = 86400;
constexpr const char* kBytesFolder = "runs/quickstart/bytes";
constexpr const char* kBytesFigure = "bits_per_byte_end_of_bytes";
constexpr const char* kBytesSeconds = "seconds_of_bytes";
constexpr size_t kBpeTokens = 4096;

/// Keys that the quickstart sets itself.
constexpr struct {
  std::string_view key, why;
} kOwnKeys[] = {
    {"model.type", "give --model"},
    {"data.shards", "FOLDER is the text to learn from"},
    {"train.steps", "as many as fit into --seconds"},
    {"log.folder", "everything goes to runs/quickstart"},
    {"checkpoint.folder", "everything goes to runs/quickstart"},
};

std::string key_of(std::string_view set) { return std::string(set.substr(0, set.find('='))); }

void refuse_own_keys(std::span<const std::string> sets) {
  for (const std::string& set : sets)
    for (const auto& [key, why] : kOwnKeys)
      require(key_of(set) != key,
              "quickstart sets {} itself ({}); leave it out, or use `tessera train`", key, why);
}

/// Throws UserError when nothing is held out. Evaluation is switched off for the check, since a
/// config that evaluates would be refused with advice that does not help here.
void require_held_out(const std::string& path, std::vector<std::string> sets) {
  sets.emplace_back("evaluate.every=0 steps");
  require(load_config(shipped_models().kinds(), path, sets).data.validation > 0,
          "quickstart measures the model on held-out text: data.validation must not be 0");
}

/// The number of updates that fit into `seconds`, found by timing some on random tokens of `vocab`.
/// Prints a line when that number is below the fewest or above the most allowed updates.
int64_t steps_in(double seconds, const Config& config, int64_t vocab,
                 const std::shared_ptr<Device>& device) {
  ModelLearner learner(shipped_models(), config,
                       {make_random_batches(shipped_models(), config, vocab), vocab, nullptr},
                       device);
  learner.step(0);
  const auto begin = std::chrono::steady_clock::now();
  double passed = 0;
  int64_t steps = 0;
  while (passed < std::min(2.0, seconds / 10)) {
    learner.step(++steps);
    passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  const double each = passed / static_cast<double>(steps), fit = seconds / each;
  const auto chosen =
      std::clamp(fit, static_cast<double>(kFewestSteps), static_cast<double>(kMostSteps));
  if (fit < chosen || fit > chosen)
    fmt::print(
        "--seconds {}: there is time for {:.0f} updates, but the {} are {:.0f}, about {:.0f} s\n",
        seconds, fit, fit < chosen ? "fewest" : "most", chosen, chosen * each);
  return static_cast<int64_t>(chosen);
}

/// Throws UserError when the text is too short for the config to train or to evaluate on. `shards`
/// is where the tokens lie for the moment; the message names `text` instead, since the user knows
/// only that path. Returns the size of the vocabulary.
int64_t require_usable(Config config, const std::string& shards, const std::string& text) {
  config.data.shards = shards;
  try {
    return open_data(shipped_models(), config).vocab;
  } catch (const UserError& error) {
    std::string message = error.what();
    for (size_t at = 0; (at = message.find(shards, at)) != std::string::npos; at += text.size())
      message.replace(at, shards.size(), text);
    throw UserError(message);
  }
}

/// The first words of the text, as a prompt to continue.
std::string first_words(const std::string& shards) {
  constexpr uint64_t kTokens = 400;
  constexpr size_t kWords = 4, kBytes = 32;
  const auto tokens = TokenShards::open(shards);
  std::vector<int32_t> ids(std::min(kTokens, tokens->token_count()));
  tokens->read(0, ids);
  std::erase_if(ids, [&](int32_t id) { return tokens->marks().contains(id); });
  std::istringstream text(tokens->tokenizer().decode(ids));
  std::string line, words;
  while (std::getline(text, line) && line.find_first_not_of(" \t\r") == std::string::npos) {
  }
  std::istringstream in(line);
  size_t bad = 0, count = 0;
  for (std::string word; in >> word && count < kWords && is_plain_text(word, false, bad); ++count) {
    if (words.size() + word.size() > kBytes) break;
    words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

/// Where a model and its data go.
struct QuickstartRun {
  std::string folder;
  fs::path fresh;  // where `folder` lies until all is ready
  std::string tokenizer = "bytes";
  int64_t steps = 0;
  std::vector<std::string> words{};  // of the training
};

std::vector<std::string> sets_of(const std::string& folder, std::span<const std::string> own) {
  std::vector<std::string> sets{"data.shards=" + folder + "/data", "log.folder=" + folder,
                                fmt::format("checkpoint.folder={}/checkpoints", folder)};
  sets.insert(sets.end(), own.begin(), own.end());
  return sets;
}

/// Makes the data of the run and finds out how long it may be.
void prepare(QuickstartRun& run, const std::string& text, const Config& config, double seconds,
             const std::shared_ptr<Device>& device) {
  const std::string fresh_data = (run.fresh / "data").string();
  TokenizeOptions options;
  options.reading.format = TextFormat::text;
  options.reading.skip_unreadable = true;  // any folder will do here, and what is left out is told
  tokenize_with_report({text}, fresh_data, run.folder + "/data", run.tokenizer, options,
                       run.tokenizer == "bytes" ? "bytes" : "BPE");
  const int64_t vocab = require_usable(config, fresh_data, text);
  run.steps = steps_in(seconds, config, vocab, device);
}

bool wants_bpe(const Arguments& given, const std::string& model) {
  const std::string name = given.text("tokenizer", "bytes");
  require(name == "bytes" || name == "bpe", "--tokenizer: bytes or bpe, not '{}'", name);
  require(
      name == "bytes" || model == "gpt",
      "--tokenizer bpe is for a gpt: its bits per byte can be compared with those of a byte model, "
      "and a {}'s figures cannot",
      model);
  return name == "bpe";
}

void make_bpe(const std::string& text, const fs::path& folder) {
  TrainingTexts texts{.inputs = {text}, .whole_documents = true};
  texts.reading.format = TextFormat::text;
  texts.reading.skip_unreadable = true;
  texts.counting.threads = 0;
  const TokenizerTraining training{
      .vocabulary = kBpeTokens,
      .shape = {.pre_tokenizer = TrainingPreTokenizer::llama3, .specials = {"<|endoftext|>"}}};
  const TrainedTokenizer trained = train_tokenizer_on(texts, training);
  print_trained(trained, training, std::string(kFolder) + "/tokenizer");
  trained.files.write(folder);
}

void print_comparison(const Json& figures) {
  const auto figure = [&](const char* key) { return from_json_number(figures.at(key), key); };
  const double tokens = figure("bits_per_byte_end"), bytes = figure(kBytesFigure);
  fmt::print("  {:<46}{:>8}\n", "the same model on bytes", number_text(bytes, "{:.4f}"));
  if (tokens < bytes)
    fmt::print("BPE tokens beat bytes here: {:.1f}% fewer bits per byte",
               100 * (1 - tokens / bytes));
  else
    fmt::print("BPE tokens do not beat bytes here: {:.1f}% more bits per byte",
               100 * (tokens / bytes - 1));
  fmt::print(
      ", after {:.0f} s and {:.0f} s of training\n(each on held-out windows of its own; the BPE "
      "was made from all of the text)\n",
      figure("seconds"), figure(kBytesSeconds));
}

Json read_json(const fs::path& path) {
  return parse_ordered_json_object(whole_text(path), path.string());
}

void write_json(const fs::path& path, const Json& json) { replace_file(path, json.dump(2) + "\n"); }

}  // namespace

int run_quickstart(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "quickstart",
      .summary =
          "Tokenizes the text files of a folder, trains a small model on them for some "
          "minutes, and prints how good it is, a sample and what to try next. Starts anew "
          "each time; everything goes to runs/quickstart.",
      .words = {{"FOLDER", "text to learn from: a folder or a file"}},
      .options = {{"model", "gpt|bert", "what to train (default gpt)"},
                  {"tokenizer", "bytes|bpe",
                   "what the model reads (default bytes); bpe: half of the time goes to a model of "
                   "bytes, to compare with"},
                  {"seconds", "S", "time to train for (default 170)"},
                  {"configs", "DIR", "where quickstart-gpt.yaml is (default configs)"},
                  set_option()},
      .examples = {"/usr/include/c++/12", "~/notes --model bert", "~/notes --tokenizer bpe"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::string model = given->text("model", "gpt");
  std::vector<std::string> names;
  for (const ModelDef& row : shipped_models().rows) names.push_back(row.kind.name);
  require(std::ranges::count(names, model) > 0, "--model: {}, not '{}'", fmt::join(names, " or "),
          model);
  const double seconds = given->real("seconds", 170);
  require(seconds > 0, "--seconds: it must be above 0");
  require(seconds <= kMostSeconds, "--seconds: {} is too much; it is {} at most, a day", seconds,
          kMostSeconds);

  const bool bpe = wants_bpe(*given, model);
  const std::string path = given->text("configs", "configs") + "/quickstart-" + model + ".yaml";
  std::vector<std::string> own = given->list("set");
  refuse_own_keys(own);
  std::vector<std::string> sets = sets_of(kFolder, own);
  require_held_out(path, sets);
  Config config = load_config(shipped_models().kinds(), path, sets);
  require(!config.evaluate.every.never(),
          "quickstart measures the model on held-out text: evaluate.every must not be 0");
  const auto device = make_device(config.device);
  if (std::ranges::find(own, "precision.compute", key_of) == own.end())
    own.push_back(std::string("precision.compute=") +
                  (device->profile().isa >= Isa::avx512_bf16 ? "bf16" : "f32"));

  // The earlier run is removed only after everything that was asked for has proved usable.
  const std::string text = given->text("FOLDER");
  QuickstartFolder folder(text);
  std::vector<QuickstartRun> runs;
  if (bpe) {
    fmt::print(
        "two models are trained, {:.0f} s each: one on bytes, to compare with, then one on the "
        "tokens of a BPE made from this text\n",
        seconds / 2);
    runs.push_back({.folder = kBytesFolder, .fresh = folder.fresh() / "bytes"});
    make_bpe(text, folder.fresh() / kTokenizerFolder);
  }
  runs.push_back({.folder = kFolder,
                  .fresh = folder.fresh(),
                  .tokenizer = bpe ? (folder.fresh() / kTokenizerFolder).string() : "bytes"});
  for (QuickstartRun& run : runs) {
    std::vector<std::string> run_sets = sets_of(run.folder, own);
    config = load_config(shipped_models().kinds(), path, run_sets);
    prepare(run, text, config, seconds / static_cast<double>(runs.size()), device);
    run_sets.push_back(fmt::format("train.steps={} steps", run.steps));
    config = load_config(shipped_models().kinds(), path, run_sets);
    run.words = {path};
    for (const std::string& set : run_sets) run.words.insert(run.words.end(), {"--set", set});
  }
  folder.replace();

  for (const QuickstartRun& run : runs) {
    if (bpe) fmt::print("\nlearning from {}\n", &run == &runs.back() ? "BPE tokens" : "bytes");
    if (const int stopped = run_train(run.words); stopped != 0) return stopped;
  }

  const std::string data = std::string(kFolder) + "/data";
  const fs::path summary = fs::path(kFolder) / "summary.json";
  Json figures = score(config, read_json(summary));
  if (bpe) {
    const Json bytes = read_json(fs::path(kBytesFolder) / "summary.json");
    figures[kBytesFigure] = bytes.at("eval_bits_per_byte_end");
    figures[kBytesSeconds] = bytes.at("seconds");
  }
  write_json(summary, figures);
  print_score(config, figures);
  if (bpe) print_comparison(figures);
  const bool generates = shipped_models().of(config).generation != nullptr;
  if (generates) {
    fmt::print("\na sample:\n");
    const int64_t tokens = std::min<int64_t>(300, config.model.context);
    run_generate(std::vector<std::string>{kFolder, "--tokens", std::to_string(tokens)});
  }
  fmt::print("\n{:.0f} tokens/s over {:.0f} s; checkpoint: {}; figures: {}\n",
             figures["tokens_per_s"].get<double>(), figures["seconds"].get<double>(),
             figures["checkpoint"].get<std::string>(), summary.string());
  const std::string program = "build/release/tessera";
  fmt::print("\ntry next:\n");
  if (generates)
    fmt::print("  {} generate {} --prompt {} --temperature 0.5\n", program, kFolder,
               shell_word(first_words(data)));
  else
    fmt::print("  {} eval {} --set evaluate.batches=50\n", program, kFolder);
  fmt::print("  {} plan configs/gpt2-124m.yaml\n", program);
  fmt::print("  {} train configs/gpt-small.yaml --set {} --set model.vocab=auto\n", program,
             shell_word("data.shards=" + data));
  return 0;
}

}  // namespace tessera
