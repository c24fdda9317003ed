#include "framework/tokenizer/unigram.h"

#include <fmt/format.h>

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;
using Tokens = std::vector<std::pair<std::string, double>>;

Unigram unigram(const Tokens& tokens, int32_t unknown, bool byte_fallback = false) {
  std::vector<std::pair<std::string, int64_t>> entries;
  std::vector<double> scores;
  for (const auto& [token, score] : tokens) {
    entries.emplace_back(token, static_cast<int64_t>(entries.size()));
    scores.push_back(score);
  }
  return Unigram(Vocabulary(entries, "here"), scores, unknown, byte_fallback, "here");
}

Ids encode(const Unigram& model, std::string_view piece) {
  Ids ids;
  model.encode(piece, ids);
  return ids;
}

Tokens with_bytes(Tokens tokens) {
  for (int byte = 0; byte < 256; ++byte) tokens.emplace_back(fmt::format("<0x{:02X}>", byte), -20);
  return tokens;
}

const Tokens kTokens = {{"<unk>", 0}, {"a", -1}, {"ab", -1.5}, {"b", -1}, {"xy", -3}, {"zz", -9}};

// The ids below are what tokenizers 0.23.3 gives.

TEST(Unigram, TakesTheLargestSum) {
  const Unigram model = unigram(kTokens, 0);
  EXPECT_EQ(encode(model, "ab"), Ids{2});
  EXPECT_EQ(encode(model, "axyb"), (Ids{1, 4, 3}));
  EXPECT_EQ(encode(model, "zzzz"), (Ids{5, 5}));
  EXPECT_EQ(encode(model, ""), Ids{});
}

TEST(Unigram, OfEqualSumsTheLastTokenIsTheLongest) {
  const Unigram model = unigram({{"<unk>", 0}, {"aa", -2}, {"a", -1}, {"aaa", -3}}, 0);
  EXPECT_EQ(encode(model, "aaaaaaa"), (Ids{2, 3, 3}));
}

TEST(Unigram, UnknownCharactersInARowAreOneId) {
  const Unigram model = unigram(kTokens, 0);
  EXPECT_EQ(encode(model, "axb"), (Ids{1, 0, 3}));
  EXPECT_EQ(encode(model, "xx"), Ids{0});
  EXPECT_EQ(encode(model, "zxyz"), (Ids{0, 4, 0}));
  EXPECT_EQ(encode(model, "é日"), Ids{0});
  EXPECT_EQ(encode(model, "z<unk>z"), Ids{0});
  EXPECT_EQ(encode(model, "<unk>"), Ids{0});
}

TEST(Unigram, UnknownCharactersAreBytesWhereAllAreThere) {
  const Unigram model = unigram(with_bytes({{"<unk>", 0}, {"a", -1}}), 0, true);
  EXPECT_EQ(encode(model, "aé"), (Ids{1, 2 + 0xc3, 2 + 0xa9}));
  EXPECT_EQ(encode(model, "<0x41>"), Ids{2 + 0x41});
  EXPECT_EQ(encode(model, "<unk>é"), (Ids{62, 119, 112, 109, 64, 197, 171}));
  EXPECT_EQ(encode(model, "<unk>"), Ids{0});
  const Unigram lacking = unigram({{"<unk>", 0}, {"a", -1}, {"<0xC3>", 0}}, 0, true);
  EXPECT_EQ(encode(lacking, "é"), Ids{0});
}

TEST(Unigram, RefusesAnUnknownCharacterWithoutAnUnknownToken) {
  for (const bool byte_fallback : {false, true}) {
    const Unigram model = unigram(with_bytes({{"a", -1}}), -1, byte_fallback);
    EXPECT_EQ(encode(model, "a"), Ids{0});
    expect_contains(error_of([&] { encode(model, "aé"); }), "no token covers ('é')");
  }
  expect_contains(error_of([] { encode(unigram({}, -1), "a"); }), "no token covers ('a')");
}

TEST(Unigram, RefusesNumbersThatDoNotFit) {
  expect_contains(error_of([] {
                    unigram({{"a", 0}}, 3);
                  }),
                  "here: the unknown token's id is 3, but the vocabulary has 1 tokens");
  expect_contains(error_of([] {
                    Unigram(Vocabulary({{"a", 0}}, "here"), {}, -1, false, "here");
                  }),
                  "here: the vocabulary has 1 tokens and 0 scores");
}

TEST(Unigram, LongPiecesOfOneCharacterTakeLinearTime) {
  const std::string piece(1 << 20, 'a');
  EXPECT_EQ(encode(unigram({{"a", -1}, {"aa", -1.5}}, -1), piece).size(), size_t{1} << 19);
}

}  // namespace
}  // namespace tessera
