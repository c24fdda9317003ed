// `tessera quickstart`: from text to a trained model in minutes, then how good it is beside models that need no training.
// It prints what it measured, also when the model loses.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/config/parse.h"
#include "framework/core/error.h"
#include "framework/data/ngram.h"
#include "framework/data/token_shards.h"
#include "framework/device/cpu/profile.h"
#include "framework/train/device.h"
#include "framework/train/model_learner.h"
#include "launch/command_line.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFolder = "runs/quickstart";
constexpr int64_t kFewestSteps = 100, kMostSteps = 20000;

/// Updates that fit into `seconds`, by timing some on random tokens.
int64_t steps_in(double seconds, const Config& config, const DeviceProfile& profile) {
  const int64_t vocab = Tokenizer(ByteTokenizer()).vocab_size();
  ModelLearner learner(config, {make_random_batches(config, vocab), vocab, std::nullopt}, profile);
  learner.step(0);
  const auto begin = std::chrono::steady_clock::now();
  double passed = 0;
  int64_t steps = 0;
  while (passed < 2.0) {
    learner.step(++steps);
    passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  return std::clamp(static_cast<int64_t>(seconds * static_cast<double>(steps) / passed),
                    kFewestSteps, kMostSteps);
}

Json read_json(const fs::path& path) {
  std::ifstream in(path);
  require(in.good(), "{} cannot be read", path.string());
  return Json::parse(in);
}

void write_json(const fs::path& path, const Json& json) {
  std::ofstream out(path);
  out << json.dump(2) << "\n";
  require(out.flush().good(), "{} cannot be written", path.string());
}

/// Bits per byte of an n-gram model fitted on the training part, on the tokens that the model was validated on.
double ngram_bits(int order, const TokenSplit& split, const Config& config) {
  NgramModel model(order, split.train.tokenizer().vocab_size());
  model.add(split.train, 0, split.train.token_count());
  const auto tokens = static_cast<uint64_t>(config.evaluate.batches * config.micro_sequences() *
                                            config.sequence_length());
  return model.score(split.validation, 0, std::min(tokens, split.validation.token_count()))
      .bits_per_byte();
}

/// How often the commonest byte is what a validation mask hides.
double commonest_accuracy(const TokenSplit& split, const Batches& batches) {
  GuessAccuracy guess{.guess = commonest_token(split.train)};
  for (int64_t i = 0; i < batches.evaluation_batches(); ++i) {
    const EvaluationBatch batch = batches.evaluation(i);
    guess.add(batch.labels, batch.weights);
  }
  return guess.value();
}

Json compare(const Config& config, const Json& trained) {
  const auto shards = TokenShards::open(config.data.shards);
  const TokenSplit split = split_tokens(shards, config.data.validation);
  Json out;
  if (config.model.type == ModelConfig::Type::gpt) {
    out["bits_per_byte_start"] = trained.at("eval_bits_per_byte_start");
    out["bits_per_byte_end"] = trained.at("eval_bits_per_byte_end");
    out["bits_per_byte_order0"] = ngram_bits(0, split, config);
    out["bits_per_byte_order3"] = ngram_bits(3, split, config);
  } else {
    out["masked_accuracy"] = trained.at("eval_masked_accuracy_end");
    out["commonest_accuracy"] = commonest_accuracy(split, *make_batches(config, shards));
  }
  out["tokens_per_s"] = trained.at("tokens_per_s");
  out["seconds"] = trained.at("seconds");
  out["checkpoint"] = trained.at("checkpoint");
  return out;
}

void print_comparison(const Config& config, const Json& figures) {
  const auto line = [](std::string_view what, double value) {
    fmt::print("  {:<44}{:>8.4f}\n", what, value);
  };
  if (config.model.type == ModelConfig::Type::gpt) {
    fmt::print("\nvalidation bits per byte (lower is better)\n");
    line("this model before training", figures["bits_per_byte_start"]);
    line("this model now", figures["bits_per_byte_end"]);
    line("order-0 byte model (byte frequencies)", figures["bits_per_byte_order0"]);
    line("order-3 byte model (the three bytes before)", figures["bits_per_byte_order3"]);
  } else {
    fmt::print("\nmasked bytes told right in held-out text\n");
    line("this model", figures["masked_accuracy"]);
    line("always guessing the commonest byte", figures["commonest_accuracy"]);
  }
}

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
                  {"seconds", "S", "time to train for (default 170)"},
                  {"configs", "DIR", "where quickstart-gpt.yaml is (default configs)"},
                  set_option()},
      .examples = {"/usr/include/c++/12", "~/notes --model bert"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::string model = given->text("model", "gpt");
  require(model == "gpt" || model == "bert", "--model: gpt or bert, not '{}'", model);
  const double seconds = given->real("seconds", 170);
  require(seconds > 0, "--seconds: it must be above 0");

  const std::string data = std::string(kFolder) + "/data";
  const DeviceProfile machine = cpu_profile();
  std::vector<std::string> sets{
      "data.shards=" + data, std::string("log.folder=") + kFolder,
      fmt::format("checkpoint.folder={}/checkpoints", kFolder),
      std::string("precision.compute=") + (machine.isa >= Isa::avx512_bf16 ? "bf16" : "f32")};
  const std::vector<std::string> own = given->list("set");
  sets.insert(sets.end(), own.begin(), own.end());
  const std::string path = given->text("configs", "configs") + "/quickstart-" + model + ".yaml";
  Config config = load_config(path, sets);

  // The run before is removed only when everything that was asked for is known to be usable.
  const fs::path fresh = std::string(kFolder) + ".new";
  fs::remove_all(fresh);
  run_tokenize(std::vector<std::string>{given->text("FOLDER"), "--out", (fresh / "data").string()});
  fs::remove_all(kFolder);
  fs::rename(fresh, kFolder);

  const int64_t steps = steps_in(seconds, config, set_up_device(config.device));
  sets.push_back(fmt::format("train.steps={} steps", steps));
  config = load_config(path, sets);

  std::vector<std::string> words{path};
  for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
  if (const int stopped = run_train(words); stopped != 0) return stopped;

  const fs::path summary = fs::path(kFolder) / "summary.json";
  const Json figures = compare(config, read_json(summary));
  write_json(summary, figures);
  print_comparison(config, figures);
  if (model == "gpt") {
    fmt::print("\na sample:\n");
    run_generate(std::vector<std::string>{kFolder, "--tokens", "300"});
  }
  fmt::print("\n{:.0f} tokens/s over {:.0f} s; checkpoint: {}; figures: {}\n",
             figures["tokens_per_s"].get<double>(), figures["seconds"].get<double>(),
             figures["checkpoint"].get<std::string>(), summary.string());
  const std::string program = "build/release/tessera";
  fmt::print("\ntry next:\n");
  if (model == "gpt")
    fmt::print("  {} generate {} --prompt '#include <' --temperature 0.5\n", program, kFolder);
  else
    fmt::print("  {} eval {} --set evaluate.batches=50\n", program, kFolder);
  fmt::print("  {} plan configs/gpt2-124m.yaml\n", program);
  fmt::print("  {} train configs/gpt-small.yaml --set data.shards={} --set model.vocab=auto\n",
             program, data);
  return 0;
}

}  // namespace tessera
