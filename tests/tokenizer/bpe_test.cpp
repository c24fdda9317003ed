#include "framework/tokenizer/bpe.h"

#include "framework/tokenizer/merge_pairs.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;
using Entries = std::vector<std::pair<std::string, int64_t>>;

Ids encoded(const Bpe& bpe, std::string_view piece) {
  Ids ids;
  bpe.encode(piece, ids);
  return ids;
}

/// The definition, as plainly as it can be written.
Ids merged_plainly(const PairTable& merges, Ids ids) {
  while (true) {
    size_t best = 0;
    Merge lowest;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      const Merge merge = merges.find(ids[i], ids[i + 1]);
      if (merge.rank < lowest.rank) {
        lowest = merge;
        best = i;
      }
    }
    if (lowest.rank == Merge::kNone) return ids;
    ids[best] = lowest.made;
    ids.erase(ids.begin() + static_cast<int64_t>(best) + 1);
  }
}

TEST(MergePairs, GivesWhatTheDefinitionGives) {
  const Random random(1, "test.merge_pairs");
  for (uint64_t sample = 0; sample < 400; ++sample) {
    PairTable merges(0);
    const auto tokens = static_cast<int32_t>(3 + random.below(12, sample, 0));
    for (uint32_t i = 0; i < 30; ++i)
      merges.add(
          static_cast<int32_t>(random.below(static_cast<uint64_t>(tokens), sample, 10 + 4 * i)),
          static_cast<int32_t>(random.below(static_cast<uint64_t>(tokens), sample, 11 + 4 * i)),
          {static_cast<uint32_t>(random.below(20, sample, 12 + 4 * i)),
           static_cast<int32_t>(random.below(static_cast<uint64_t>(tokens), sample, 13 + 4 * i))});
    Ids ids;
    const uint64_t length =
        sample % 2 == 0 ? random.below(34, sample, 1) : 30 + random.below(90, sample, 1);
    for (uint64_t i = 0; i < length; ++i)
      ids.push_back(static_cast<int32_t>(
          random.below(static_cast<uint64_t>(tokens), 1000 + sample, static_cast<uint32_t>(i))));
    Ids all{-5, -6};
    all.insert(all.end(), ids.begin(), ids.end());
    merge_pairs(merges, all, 2);
    Ids expected{-5, -6};
    const Ids plain = merged_plainly(merges, ids);
    expected.insert(expected.end(), plain.begin(), plain.end());
    ASSERT_EQ(all, expected) << sample;
  }
}

TEST(MergePairs, AMillionOfOneSymbolTakeNoQuadraticTime) {
  PairTable merges(64);
  for (int32_t i = 0; i < 15; ++i) merges.add(i, i, {static_cast<uint32_t>(i), i + 1});
  Ids ids(1 << 20, 0);
  merge_pairs(merges, ids, 0);
  EXPECT_EQ(ids, Ids(32, 15));
}

const Entries kLetters = {{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"bc", 4}, {"abc", 5}};

TEST(Bpe, TheLowestRankIsMergedFirst) {
  const Bpe first(Vocabulary(kLetters, "v"), {{"a", "b"}, {"b", "c"}, {"ab", "c"}}, {}, "v");
  EXPECT_EQ(encoded(first, "abc"), Ids{5});
  EXPECT_EQ(encoded(first, "bcab"), (Ids{4, 3}));
  const Bpe second(Vocabulary(kLetters, "v"), {{"b", "c"}, {"a", "b"}, {"ab", "c"}}, {}, "v");
  EXPECT_EQ(encoded(second, "abc"), (Ids{0, 4}));
  EXPECT_EQ(encoded(second, ""), Ids{});
}

TEST(Bpe, WholePiecesComeFirstWhereMergesAreIgnored) {
  BpeOptions options;
  options.ignore_merges = true;
  const Bpe bpe(Vocabulary(kLetters, "v"), {{"b", "c"}}, options, "v");
  EXPECT_EQ(encoded(bpe, "abc"), Ids{5});
  EXPECT_EQ(encoded(bpe, "abca"), (Ids{0, 4, 0}));
}

TEST(Bpe, RanksMergeWhateverMakesAToken) {
  const Bpe bpe = Bpe::ranked(Vocabulary(kLetters, "v"));
  EXPECT_EQ(encoded(bpe, "abcb"), (Ids{5, 1}));
  EXPECT_EQ(encoded(bpe, "cab"), (Ids{2, 3}));
}

TEST(Bpe, UnknownCharactersAreFusedLeftOutOrSpelledInBytes) {
  Entries entries = kLetters;
  entries.emplace_back("<unk>", 6);
  BpeOptions options;
  options.unknown = 6;
  EXPECT_EQ(encoded(Bpe(Vocabulary(entries, "v"), {}, options, "v"), "aéüb"), (Ids{0, 6, 6, 1}));
  options.fuse_unknown = true;
  EXPECT_EQ(encoded(Bpe(Vocabulary(entries, "v"), {}, options, "v"), "aéüb"), (Ids{0, 6, 1}));
  options.unknown = -1;
  EXPECT_EQ(encoded(Bpe(Vocabulary(entries, "v"), {}, options, "v"), "aéüb"), (Ids{0, 1}));
  entries.emplace_back("<0xC3>", 7);
  entries.emplace_back("<0xA9>", 8);
  options.unknown = 6;
  options.byte_fallback = true;
  EXPECT_EQ(encoded(Bpe(Vocabulary(entries, "v"), {}, options, "v"), "aéüb"), (Ids{0, 7, 8, 6, 1}));
}

TEST(Bpe, PrefixAndSuffixMarkThePlaceInTheWord) {
  const Entries entries = {{"a", 0}, {"##b", 1}, {"##b</w>", 2}, {"ab", 3}, {"ab</w>", 4}};
  BpeOptions options;
  options.continuing_prefix = "##";
  options.word_suffix = "</w>";
  const Bpe bpe(Vocabulary(entries, "v"), {{"a", "##b"}, {"a", "##b</w>"}}, options, "v");
  EXPECT_EQ(encoded(bpe, "ab"), Ids{4});
  EXPECT_EQ(encoded(bpe, "abb"), (Ids{3, 2}));
}

TEST(Bpe, NamesTheMergeThatFitsNoVocabulary) {
  expect_contains(
      error_of([] {
        Bpe(Vocabulary(kLetters, "v"), {{"a", "b"}, {"a", "x"}}, {}, "merges.txt");
      }),
      "merges.txt: merge 2, 'a' and 'x', needs the token 'x', which the vocabulary lacks");
  expect_contains(error_of([] {
                    Bpe(Vocabulary(kLetters, "v"), {{"c", "a"}}, {}, "m");
                  }),
                  "needs the token 'ca'");
}

TEST(Vocabulary, FindsTokensAndTheirIds) {
  const Vocabulary tokens({{"b", 3}, {"a", 0}, {std::string("\0", 1), 1}}, "v");
  EXPECT_EQ(tokens.size(), 4);
  EXPECT_EQ(tokens.find("a"), 0);
  EXPECT_EQ(tokens.find(std::string_view("\0", 1)), 1);
  EXPECT_EQ(tokens.find("c"), -1);
  EXPECT_EQ(tokens.find(""), -1);
  EXPECT_EQ(tokens.token(3), "b");
  EXPECT_EQ(tokens.token(2), "");
  EXPECT_EQ(tokens.token(-1), "");
  EXPECT_EQ(tokens.token(4), "");
  EXPECT_EQ(Vocabulary().find("a"), -1);
}

TEST(Vocabulary, RefusesIdsThatCannotBe) {
  expect_contains(error_of([] {
                    Vocabulary({{"a", 0}, {"b", 0}}, "f");
                  }),
                  "f: the id 0 stands for two tokens, 'a' and 'b'");
  expect_contains(error_of([] {
                    Vocabulary({{"a", 0}, {"a", 1}}, "f");
                  }),
                  "f: token 'a' has two ids, 0 and 1");
  expect_contains(error_of([] { Vocabulary({{"a", -3}}, "f"); }), "has the id -3");
  expect_contains(error_of([] {
                    Vocabulary({{"a", 0}, {"b", int64_t{1} << 40}}, "f");
                  }),
                  "far beyond the 2 tokens");
}

}  // namespace
}  // namespace tessera
