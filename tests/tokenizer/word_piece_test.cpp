#include "framework/tokenizer/word_piece.h"

#include <gtest/gtest.h>

#include <chrono>

#include "framework/core/error.h"
#include "framework/tokenizer/word_level.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

using Entries = std::vector<std::pair<std::string, int64_t>>;

std::vector<int32_t> encode(const WordPiece& model, std::string_view word) {
  std::vector<int32_t> ids;
  model.encode(word, ids);
  return ids;
}

Entries numbered(const std::vector<std::string>& tokens) {
  Entries entries;
  for (const std::string& token : tokens)
    entries.emplace_back(token, static_cast<int64_t>(entries.size()));
  return entries;
}

WordPiece make(const std::vector<std::string>& tokens, size_t most = 100) {
  return {Vocabulary(numbered(tokens), "test"), "[UNK]", "##", most, "test"};
}

TEST(WordPiece, IdsAreThoseOfTheReference) {
  for (const auto& golden : golden_json("word_piece.json")) {
    Entries entries;
    for (const auto& [token, id] : golden["vocab"].items())
      entries.emplace_back(token, id.get<int64_t>());
    const WordPiece model(Vocabulary(entries, "test"), "[UNK]", golden["prefix"].get<std::string>(),
                          golden["most"].get<size_t>(), "test");
    for (size_t i = 0; i < golden["words"].size(); ++i) {
      const auto word = golden["words"][i].get<std::string>();
      EXPECT_EQ(encode(model, word), golden["ids"][i].get<std::vector<int32_t>>())
          << "'" << word << "' with prefix '" << golden["prefix"].get<std::string>() << "'";
    }
  }
}

TEST(WordPiece, CountsCharactersNotBytes) {
  const WordPiece model = make({"[UNK]", "é", "##é"}, 3);
  EXPECT_EQ(encode(model, "ééé"), (std::vector<int32_t>{1, 2, 2}));
  EXPECT_EQ(encode(model, "éééé"), (std::vector<int32_t>{0}));
}

TEST(WordPiece, CountsBytesWhereWordsAreBytes) {
  const WordPiece model(Vocabulary(numbered({"[UNK]", "\xc3", "##\xa9", "##\xc3"}), "test"),
                        "[UNK]", "##", 3, "test", true);
  EXPECT_EQ(encode(model, "\xc3\xa9"), (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(encode(model, "éé"), (std::vector<int32_t>{0}));
}

TEST(WordPiece, NothingComesOfAnEmptyWord) {
  EXPECT_TRUE(encode(make({"[UNK]", "a"}), "").empty());
}

TEST(WordPiece, AWordOfAMegabyteTakesLinearTime) {
  // Greedy matching would read 5,000 bytes ahead for every token.
  const std::string almost = "##" + std::string(5000, 'a') + "b";
  const WordPiece model = make({"[UNK]", "a", "##a", almost}, size_t{1} << 30);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<int32_t> ids = encode(model, std::string(1 << 20, 'a'));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(ids.size(), size_t{1} << 20);
  EXPECT_EQ(ids.front(), 1);
  EXPECT_EQ(ids.back(), 2);
  EXPECT_LT(seconds.count(), 2.0);
}

TEST(WordPiece, RefusesAVocabularyWithoutTheUnknownToken) {
  try {
    make({"a"});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "test: the token for unknown words, '[UNK]', is not in the vocabulary");
  }
}

TEST(WordLevel, AWordIsOneTokenOrUnknown) {
  const WordLevel model(Vocabulary(numbered({"<unk>", "hello"}), "test"), "<unk>");
  std::vector<int32_t> ids;
  model.encode("hello", ids);
  model.encode("world", ids);
  EXPECT_EQ(ids, (std::vector<int32_t>{1, 0}));
}

TEST(WordLevel, WithoutATokenForUnknownWordsAnUnknownWordIsAnError) {
  const WordLevel model(Vocabulary(numbered({"hello"}), "test"), "<unk>");
  EXPECT_EQ(model.unknown(), -1);
  std::vector<int32_t> ids;
  try {
    model.encode("world", ids);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "the word 'world' is not in the vocabulary, which has no token for unknown words "
                 "either");
  }
}

}  // namespace
}  // namespace tessera
