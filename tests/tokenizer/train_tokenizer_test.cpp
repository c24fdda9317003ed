#include "framework/tokenizer/train_tokenizer.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/core/json.h"
#include "framework/tokenizer/tokenizer.h"
#include "framework/tokenizer/utf8.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

// The parts and the draws of tests/golden/tokenizer/make_line_training.
std::string golden_text(uint64_t seed, size_t count) {
  const std::vector<std::string> parts = {
      "a",       "b",      "ab", "the", " ",  " ",   "  ", "\n",     "\n\n",   "\r\n",   "\t",
      "e\u0301", "\u00c9", "12", "3",   "'s", "'LL", ".",  "\u00a0", "\u4e2d", "\u2028", "-"};
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    text += parts[(seed >> 33) % parts.size()];
  }
  return text;
}

TextSource source_of(const std::vector<std::string>& texts, bool by_lines = true) {
  return [&texts, by_lines, next = size_t{0}](TextPart& part) mutable {
    if (next == texts.size()) return false;
    part = {texts[next++], by_lines};
    return true;
  };
}

TokenizerFiles train(const std::vector<std::string>& texts, const TokenizerTraining& training,
                     int threads = 1, bool by_lines = true) {
  return train_tokenizer(
      count_training_words(source_of(texts, by_lines), training, {.threads = threads}), training);
}

TokenizerTraining bpe(size_t vocabulary) {
  return {.vocabulary = vocabulary, .shape = {.specials = {"<|endoftext|>"}}};
}

TokenizerTraining word_piece(size_t vocabulary) {
  return {.model = TrainingModel::word_piece,
          .vocabulary = vocabulary,
          .shape = {.normalizer = TrainingNormalizer::bert_lower,
                    .pre_tokenizer = TrainingPreTokenizer::bert,
                    .specials = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}}};
}

/// The number of merges and their hash, as the golden file has them.
std::string merges_of(const TokenizerFiles& files) {
  const auto json = parse_json_object(files.all().at("tokenizer.json"), "tokenizer.json");
  const auto& merges = json.at("model").at("merges");
  uint64_t value = 14695981039346656037ULL;
  for (const auto& merge : merges)
    for (const char byte : merge[0].get<std::string>() + " " + merge[1].get<std::string>() + "\n")
      value = (value ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return fmt::format("{} {:016x}", merges.size(), value);
}

TEST(TrainTokenizer, GivesTheMergesThatTheReferenceGivesOfAFileAndOfAText) {
  std::ifstream golden(source_dir() + "/tests/golden/tokenizer/line_training.txt");
  size_t rows = 0;
  for (std::string line; std::getline(golden, line); ++rows) {
    std::istringstream row(line);
    uint64_t seed = 0, count = 0, vocabulary = 0;
    std::string normalizer, pre_tokenizer, of_file, of_text;
    row >> seed >> count >> vocabulary >> normalizer >> pre_tokenizer >> std::ws;
    std::getline(row, of_file);
    of_text = of_file.substr(of_file.size() / 2 + 1);
    of_file.resize(of_file.size() / 2);
    TokenizerTraining training = bpe(vocabulary);
    if (normalizer == "nfc") training.shape.normalizer = TrainingNormalizer::nfc;
    if (pre_tokenizer == "llama3") training.shape.pre_tokenizer = TrainingPreTokenizer::llama3;
    const std::vector<std::string> text{golden_text(seed, count)};
    EXPECT_EQ(merges_of(train(text, training)), of_file) << line;
    EXPECT_EQ(merges_of(train(text, training, 1, /*by_lines=*/false)), of_text) << line;
  }
  EXPECT_EQ(rows, 12u);
}

TEST(TrainTokenizer, IsTheSameForAnyThreadsAndParts) {
  std::vector<std::string> parts, lines;
  for (uint64_t seed = 0; seed < 8; ++seed) parts.push_back(random_text(seed, 4000) + "\n");
  std::string all;
  for (const std::string& part : parts) all += part;
  std::istringstream in(all);
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  for (const TokenizerTraining& training : {bpe(400), word_piece(60)}) {
    const TokenizerFiles once = train({all}, training);
    EXPECT_EQ(once.all(), train(parts, training, 3).all());
    EXPECT_EQ(once.all(), train(lines, training, 2).all());
  }
}

TEST(TrainTokenizer, MakesOneThatEncodesAndDecodes) {
  const std::string text = golden_text(7, 5000);
  const Tokenizer bytes(train({text}, bpe(500)), "here");
  EXPECT_EQ(bytes.vocab_size(), 500);
  EXPECT_EQ(bytes.token(bytes.special().end_of_document), "<|endoftext|>");
  const std::vector<int32_t> ids = bytes.encode(text);
  EXPECT_LT(3 * ids.size(), 2 * text.size());
  EXPECT_EQ(bytes.decode(ids), text);

  const Tokenizer pieces(train({"The cat saw the CAT, the cats ran.\n"}, word_piece(50)), "here");
  EXPECT_EQ(pieces.special().mask, 4);
  EXPECT_EQ(pieces.decode(pieces.encode("The  Cat")), "the cat");
}

TEST(TrainTokenizer, CountsTheWordsThatTheTokenizerCuts) {
  std::string text = golden_text(11, 4000) + "a\vb \u0301x\r\ny";
  for (char32_t point = 1; point < 0x3000; ++point) text += to_utf8(point) + (point % 3 ? "" : " ");
  const std::vector<std::string> texts{text};
  for (const auto normalizer :
       {TrainingNormalizer::none, TrainingNormalizer::nfc, TrainingNormalizer::bert_lower}) {
    TokenizerTraining training = word_piece(30000);
    training.shape.normalizer = normalizer;
    const WordCounts words = count_training_words(source_of(texts), training);
    std::map<std::string, uint64_t> counts, expected;
    for (size_t i = 0; i < words.size(); ++i) counts[std::string(words[i].word)] = words[i].count;
    const Tokenizer tokenizer(train_tokenizer(words, training), "here");
    std::string changed = text;
    tokenizer.pipeline()->parts().normalizer.apply(changed);
    Pieces pieces;
    pieces.list.push_back(changed);
    tokenizer.pipeline()->parts().pre_tokenizer.cut(pieces, true);
    for (const std::string_view piece : pieces.list) ++expected[std::string(piece)];
    EXPECT_EQ(counts, expected);
  }
}

TEST(TrainTokenizer, TakesInvalidBytesForReplacementCharacters) {
  EXPECT_EQ(train({"ab\xff ab\xff ab\xff"}, bpe(262)).all(),
            train({"ab\uFFFD ab\uFFFD ab\uFFFD"}, bpe(262)).all());
}

TEST(TrainTokenizer, RefusesPartsThatDoNotGoTogether) {
  TokenizerTraining training = bpe(300);
  training.shape.pre_tokenizer = TrainingPreTokenizer::bert;
  expect_contains(error_of([&] { require_trainable(training); }),
                  "byte-level BPE cannot have the pre-tokenizer 'bert'");
  training = word_piece(300);
  training.shape.pre_tokenizer = TrainingPreTokenizer::gpt2;
  expect_contains(error_of([&] { require_trainable(training); }), "use the pre-tokenizer 'bert'");
  training = word_piece(300);
  training.shape.specials = {"[PAD]"};
  expect_contains(error_of([&] { require_trainable(training); }), "needs the special token [UNK]");
  training = bpe(300);
  training.alphabet = 100;
  expect_contains(error_of([&] { require_trainable(training); }),
                  "byte-level BPE has the 256 bytes as its alphabet; leave --alphabet out, or take "
                  "--type wordpiece");
  training = bpe(300);
  training.shape.specials = {"a", "b", "a"};
  expect_contains(error_of([&] { require_trainable(training); }), "'a' is given twice");
  training.shape.specials = {""};
  expect_contains(error_of([&] { require_trainable(training); }), "a special token needs a name");
  expect_contains(error_of([&] { train({"some text"}, bpe(100)); }), "100 is too small");
}

}  // namespace
}  // namespace tessera
