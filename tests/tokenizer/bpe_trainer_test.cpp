#include "framework/tokenizer/bpe_trainer.h"

#include <fstream>
#include <sstream>

#include "tests/data/text_folder.h"
#include "tests/places.h"

namespace tessera {
namespace {

// Knuth's MMIX generator, as in tests/golden/tokenizer/make_bpe_training.
class Draws {
 public:
  explicit Draws(uint64_t seed) : state_(seed) {}
  uint64_t below(uint64_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % limit;
  }

 private:
  uint64_t state_;
};

WordCounts counts_of(const std::vector<std::string>& words) {
  WordTable table;
  for (const std::string& word : words) table.add(word);
  WordCounts counts;
  for (const WordCount& word : table.sorted()) counts.append(word);
  return counts;
}

uint64_t hash_of(const TrainedBpe& trained) {
  uint64_t hash = 14695981039346656037ULL;
  for (const auto& [left, right] : trained.merges)
    for (const char byte : left + " " + right + "\n")
      hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return hash;
}

TEST(BpeTrainer, GivesTheMergesOfTheReference) {
  std::ifstream golden(source_dir() + "/tests/golden/tokenizer/bpe_training.txt");
  size_t rows = 0;
  for (std::string line; std::getline(golden, line); ++rows) {
    std::istringstream row(line);
    uint64_t seed = 0, letters = 0, words = 0, longest = 0, merges = 0;
    BpeTraining options;
    std::string specials, hash;
    row >> seed >> letters >> words >> longest >> options.vocabulary >> options.least_count >>
        specials >> merges >> hash;
    std::istringstream list(specials == "-" ? "" : specials);
    for (std::string special; std::getline(list, special, ',');)
      options.specials.push_back(special);
    Draws draws(seed);
    std::vector<std::string> text;
    for (uint64_t i = 0; i < words; ++i) {
      text.emplace_back(" ");
      for (uint64_t length = 1 + draws.below(longest); length > 0; --length)
        text.back() += static_cast<char>('a' + draws.below(letters));
    }
    const TrainedBpe trained = train_byte_level_bpe(counts_of(text), options);
    EXPECT_EQ(trained.merges.size(), merges) << line;
    EXPECT_EQ(fmt::format("{:016x}", hash_of(trained)), hash) << line;
  }
  EXPECT_EQ(rows, 120u);
}

TEST(BpeTrainer, SpecialsAndBytesComeFirst) {
  const TrainedBpe trained =
      train_byte_level_bpe(counts_of({"ab", "ab"}), {.vocabulary = 300, .specials = {"<s>"}});
  ASSERT_EQ(trained.tokens.size(), 258u);
  EXPECT_EQ(trained.tokens[0], "<s>");
  EXPECT_EQ(trained.tokens[1], "!");
  EXPECT_EQ(trained.tokens[257], "ab");
  EXPECT_EQ(trained.merges, (std::vector<std::pair<std::string, std::string>>{{"a", "b"}}));
}

TEST(BpeTrainer, BytesThatAreNoTextAreMerged) {
  const TrainedBpe trained =
      train_byte_level_bpe(counts_of({std::string("\xff\x00", 2)}), {.vocabulary = 257});
  EXPECT_EQ(trained.tokens.back(), "ÿĀ");
}

TEST(BpeTrainer, CountsMayBeLargerThan32Bits) {
  WordCounts counts;
  counts.append({"ab", uint64_t{1} << 40});
  counts.append({"cd", (uint64_t{1} << 40) + 1});
  const TrainedBpe trained = train_byte_level_bpe(std::move(counts), {.vocabulary = 300});
  ASSERT_EQ(trained.merges.size(), 2u);
  EXPECT_EQ(trained.tokens[256], "cd");
}

TEST(BpeTrainer, OneLongWordTakesLittleTime) {
  const TrainedBpe trained =
      train_byte_level_bpe(counts_of({std::string(1 << 20, 'a')}), {.vocabulary = 1000});
  EXPECT_EQ(trained.merges.size(), 20u);  // halves it every time
}

TEST(BpeTrainer, NamesWhatIsWrong) {
  expect_contains(error_of([] { train_byte_level_bpe({}, {}); }), "there is no text");
  expect_contains(error_of([] { train_byte_level_bpe(counts_of({"ab"}), {.vocabulary = 200}); }),
                  "a vocabulary of 200 is too small");
  expect_contains(error_of([] {
                    train_byte_level_bpe(counts_of({"ab"}),
                                         {.vocabulary = 256, .specials = {"<s>"}});
                  }),
                  "the special tokens and the 256 bytes alone are 257");
}

}  // namespace
}  // namespace tessera
