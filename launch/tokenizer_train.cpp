// `tessera tokenizer train` makes a tokenizer from text.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "launch/command_line.h"
#include "launch/reading_options.h"
#include "launch/shell_word.h"
#include "launch/tokenizer_folder.h"
#include "launch/tokenizer_modes.h"
#include "launch/train_tokenizer.h"

namespace tessera {
namespace {

constexpr size_t kMostTokens = size_t{1} << 24;  // the most that a model's embedding may have

constexpr std::array<std::string_view, 2> kModels = {"bpe", "wordpiece"};
constexpr std::array<std::string_view, 3> kNormalizers = {"none", "nfc", "bert-lower"};
constexpr std::array<std::string_view, 3> kPreTokenizers = {"gpt2", "llama3", "bert"};

/// The place of `name` among `known`, as a value of the enum whose names these are.
template <typename Choice, size_t N>
Choice chosen(std::string_view option, const std::string& name,
              const std::array<std::string_view, N>& known) {
  const auto found = std::find(known.begin(), known.end(), name);
  const auto meant = nearest(name, std::vector<std::string>(known.begin(), known.end()));
  require(found != known.end(), "--{}: unknown '{}'{}; known: {}", option, name,
          meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(known, ", "));
  return static_cast<Choice>(found - known.begin());
}

/// "32000", "32,000", "32k" or "1M".
size_t vocabulary_size(std::string text) {
  const std::string given = text;
  std::erase(text, ',');
  size_t size = 0, unit = 1;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, size);
  if (rest + 1 == end && (*rest == 'k' || *rest == 'K')) unit = 1000;
  if (rest + 1 == end && (*rest == 'm' || *rest == 'M')) unit = 1'000'000;
  require(error == std::errc() && rest + (unit > 1 ? 1 : 0) == end && size > 0,
          "--vocab: '{}' is no number of tokens, such as 32000 or 32k; it is {} at most", given,
          kMostTokens);
  require(size <= kMostTokens / unit, "--vocab: {} is too much; it is {} at most", given,
          kMostTokens);
  return size * unit;
}

TokenizerTraining training_of(const Arguments& given) {
  TokenizerTraining training;
  training.model = chosen<TrainingModel>("type", given.text("type", "bpe"), kModels);
  const bool bpe = training.model == TrainingModel::bpe;
  training.vocabulary = vocabulary_size(given.text("vocab", "32k"));
  training.least_count = static_cast<uint64_t>(given.integer("min-count", 0));
  training.alphabet = static_cast<size_t>(given.integer("alphabet", 0));
  training.shape.normalizer = chosen<TrainingNormalizer>(
      "normalizer", given.text("normalizer", bpe ? "none" : "bert-lower"), kNormalizers);
  training.shape.pre_tokenizer = chosen<TrainingPreTokenizer>(
      "pre-tokenizer", given.text("pre-tokenizer", bpe ? "gpt2" : "bert"), kPreTokenizers);
  training.shape.specials = given.list("special");
  if (!given.has("special")) {
    training.shape.specials = {"<|endoftext|>"};
    if (!bpe) training.shape.specials = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  }
  return training;
}

/// The last part of a path, with or without a slash at its end.
std::string folder_name(const std::filesystem::path& path) {
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

}  // namespace

int tokenizer_train(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer train",
      .summary =
          "Makes a tokenizer from text, and writes it as Hugging Face's files. It reads the "
          "sources that `tessera tokenize` reads.",
      .words = {{"PATHS", "files, folders, patterns ('data/**/*.jsonl'), - (standard input)",
                 Word::Count::many}},
      .options = {{"out", "DIR", "folder to make; it appears when all is done"},
                  {"type", "NAME", "bpe (of bytes, the default) or wordpiece (BERT's)"},
                  {"vocab", "SIZE", "tokens, specials counted: 32000 or 32k (the default)"},
                  {"normalizer", "NAME",
                   "none, nfc or bert-lower (default: none; bert-lower for wordpiece)"},
                  {"pre-tokenizer", "NAME",
                   "gpt2, llama3 or bert (default: gpt2; bert for wordpiece)"},
                  {"special", "TOKEN",
                   "a special token (default: <|endoftext|>; BERT's five for wordpiece)", true},
                  {"min-count", "N", "merge no pairs that occur less often (default 0)"},
                  {"alphabet", "N",
                   "wordpiece: the N most frequent characters alone have tokens (default: all)"},
                  {"memory", "MIB",
                   "for counting words; more go to a temporary folder (default 4096)"},
                  {"whole-documents", "",
                   "words of plain files go over ends of lines, as those of records do"},
                  {"overwrite", "", "replace an older folder of a tokenizer"},
                  kFormatOption,
                  kTextOption,
                  kColumnOption,
                  kSkipBrokenOption,
                  kSkipUnreadableOption},
      .examples = {"~/texts --type wordpiece --vocab 30k --out tok"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"),
          "tokenizer train: --out DIR is missing: where the tokenizer goes; see `tessera help "
          "tokenizer train`");
  const std::string out = given->text("out");
  const TokenizerTraining training = training_of(*given);
  require_trainable(training);
  TrainingTexts texts{.inputs = given->list("PATHS"),
                      .exclude = {out, OutputFolder::partial_of(out)},
                      .reading = reading_options(*given),
                      .whole_documents = given->has("whole-documents")};
  texts.counting.threads = 0;
  texts.counting.memory = static_cast<size_t>(given->integer("memory", 4096, 1)) << 20;
  OutputFolder folder(out, given->has("overwrite"), kTokenizerOutput);
  const TrainedTokenizer trained = train_tokenizer_on(texts, training);
  print_trained(trained, training, out);
  commit_tokenizer(trained.files, folder);
  std::string paths;
  for (const std::string& path : texts.inputs) paths += " " + shell_word(path);
  for (const char* option : {"format", "text", "column"})
    if (given->has(option))
      paths += fmt::format(" --{} {}", option, shell_word(given->text(option)));
  for (const char* option : {"skip-broken", "skip-unreadable"})
    if (given->has(option)) paths += fmt::format(" --{}", option);
  fmt::print("next: tessera tokenize{} --tokenizer {} --out {}\n", paths, shell_word(out),
             shell_word("data/" + folder_name(out)));
  return 0;
}

}  // namespace tessera
