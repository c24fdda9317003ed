#include "framework/tokenizer/word_piece_trainer.h"

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

WordCounts counts_of(std::vector<std::pair<std::string, uint64_t>> words) {
  std::ranges::sort(words);
  WordCounts counts;
  for (const auto& [word, count] : words) counts.append({word, count});
  return counts;
}

TEST(WordPieceTrainer, JoinsContinuingTokens) {
  // Pairs: l ##o 5 + 2, ##o ##w 5 + 2, then low ##e 2, ##e ##r 2 + 1, …
  EXPECT_EQ(train_word_piece(counts_of({{"low", 5}, {"lower", 2}, {"er", 1}}),
                             {.vocabulary = 14, .specials = {"[UNK]"}}),
            (std::vector<std::string>{"[UNK]", "e", "l", "o", "r", "w", "##e", "##o", "##r", "##w",
                                      "lo", "low", "##er", "lower"}));
}

TEST(WordPieceTrainer, PairsBelowTheLeastCountAreLeft) {
  EXPECT_EQ(train_word_piece(counts_of({{"ab", 3}, {"cd", 2}}), {.least_count = 3, .specials = {}}),
            (std::vector<std::string>{"a", "b", "c", "d", "##b", "##d", "ab"}));
}

TEST(WordPieceTrainer, RareCharactersHaveNoTokensWhereTheAlphabetIsLimited) {
  // x and z are left out: the words are "ab" and "ab", as the reference (limit_alphabet 2) has them.
  EXPECT_EQ(train_word_piece(counts_of({{"axb", 3}, {"ab", 2}, {"z", 1}}),
                             {.specials = {}, .alphabet = 2}),
            (std::vector<std::string>{"a", "b", "##b", "ab"}));
}

TEST(WordPieceTrainer, AWordThatBeginsWithThePrefixIsAWord) {
  EXPECT_EQ(train_word_piece(counts_of({{"##", 1}}), {.specials = {}}),
            (std::vector<std::string>{"#", "###", "##"}));
}

TEST(WordPieceTrainer, InvalidBytesAreReplacementCharacters) {
  EXPECT_EQ(train_word_piece(counts_of({{"\xff", 1}}), {.specials = {}}),
            (std::vector<std::string>{"\uFFFD"}));
}

TEST(WordPieceTrainer, NamesWhatIsWrong) {
  expect_contains(error_of([] { train_word_piece({}, {}); }), "there is no text");
  expect_contains(
      error_of([] {
        train_word_piece(counts_of({{"abc", 1}}), {.vocabulary = 9});
      }),
      "a vocabulary of 9 is too small: the special tokens and the characters of the text, each at "
      "the beginning of words and within them, alone are 10");
}

}  // namespace
}  // namespace tessera
