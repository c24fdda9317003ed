#include "framework/data/masking.h"

#include <cmath>
#include <set>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

const Tokenizer kTokenizer = ByteTokenizer{};
const Random kRandom(3, "test.masking");

std::vector<int32_t> row(uint64_t seed, size_t bytes) {
  std::vector<int32_t> ids = {kTokenizer.special().cls};
  const std::vector<int32_t> text = kTokenizer.encode(random_text(seed, bytes));
  ids.insert(ids.end(), text.begin(), text.end());
  ids.push_back(kTokenizer.special().sep);
  return ids;
}

TEST(Masking, ChoosesTheRateAndRestores) {
  for (const size_t bytes : {1, 5, 40, 120, 500}) {
    const std::vector<int32_t> original = row(bytes, bytes);
    std::vector<int32_t> ids = original;
    const Masking masking;
    const int64_t most = masked_count(masking.rate, static_cast<int64_t>(ids.size()));
    const MaskedTokens masked = mask_tokens(ids, kTokenizer, masking, most, kRandom, bytes);
    const auto wanted =
        std::max<int64_t>(1, std::llround(0.15 * static_cast<double>(ids.size() - 2)));
    EXPECT_EQ(static_cast<int64_t>(masked.positions.size()), wanted);
    EXPECT_LE(wanted, most);
    for (size_t i = 0; i < masked.positions.size(); ++i) {
      EXPECT_TRUE(i == 0 || masked.positions[i - 1] < masked.positions[i]);
      EXPECT_FALSE(kTokenizer.is_special(masked.labels[i]));
      ids[static_cast<size_t>(masked.positions[i])] = masked.labels[i];
    }
    EXPECT_EQ(ids, original);
  }
}

TEST(Masking, CountsWholeProductsAsWhole) {
  EXPECT_EQ(masked_count(0.15, 128), 20);  // 19.2
  for (int64_t percent = 1; percent <= 100; ++percent)
    EXPECT_EQ(masked_count(static_cast<double>(percent) / 100, 100), percent);
  EXPECT_EQ(masked_count(0.15, 1), 1);
}

TEST(Masking, EightyTenTen) {
  std::vector<int32_t> alike(1000, 'a');
  uint64_t mask = 0, same = 0, random = 0, total = 0;
  std::vector<int> replaced(256);
  for (uint64_t sample = 0; sample < 400; ++sample) {
    std::vector<int32_t> ids = alike;
    for (const int32_t at : mask_tokens(ids, kTokenizer, {}, 1000, kRandom, sample).positions) {
      const int32_t id = ids[static_cast<size_t>(at)];
      ++total;
      mask += id == kTokenizer.special().mask ? 1 : 0;
      same += id == 'a' ? 1 : 0;
      if (id != 'a' && id < 256) {
        ++replaced[static_cast<size_t>(id)];
        ++random;
      }
      EXPECT_TRUE(id < 256 || id == kTokenizer.special().mask);
    }
  }
  ASSERT_EQ(total, 60000u);  // bounds are five standard deviations
  EXPECT_NEAR(static_cast<double>(mask), 48000, 490);
  EXPECT_NEAR(static_cast<double>(random), 6000 * 255.0 / 256, 370);
  EXPECT_NEAR(static_cast<double>(same), 6000 * 257.0 / 256, 370);
  EXPECT_EQ(std::count(replaced.begin(), replaced.end(), 0), 1);  // all bytes but 'a' itself
}

TEST(Masking, EveryPositionIsAsLikely) {
  std::vector<int> counts(40);
  for (uint64_t sample = 0; sample < 20000; ++sample) {
    std::vector<int32_t> ids(40, 'a');
    for (int32_t at : mask_tokens(ids, kTokenizer, {}, 40, kRandom, sample).positions)
      ++counts[static_cast<size_t>(at)];
  }
  for (int count : counts) EXPECT_NEAR(count, 3000, 5 * 50.5);
}

TEST(Masking, WholeWordsAreChosenWholly) {
  const Masking masking{.mask_share = 1, .random_share = 0, .whole_words = true};
  for (uint64_t sample = 0; sample < 200; ++sample) {
    const std::vector<int32_t> original = row(sample, 120);
    std::vector<int32_t> ids = original;
    const MaskedTokens masked = mask_tokens(ids, kTokenizer, masking, 19, kRandom, sample);
    EXPECT_LE(masked.positions.size(), 19u);
    EXPECT_GT(masked.positions.size(), 10u);
    for (size_t i = 1; i < ids.size(); ++i) {
      if (!kTokenizer.continues_word(original[i - 1], original[i])) continue;
      EXPECT_EQ(ids[i - 1] == kTokenizer.special().mask, ids[i] == kTokenizer.special().mask);
    }
  }
  // A word longer than the share is passed over.
  std::vector<int32_t> ids(20, 'a');
  ids.insert(ids.end(), {' ', 'b', ' '});
  for (uint64_t sample = 0; sample < 50; ++sample) {
    std::vector<int32_t> copy = ids;
    for (int32_t at : mask_tokens(copy, kTokenizer, masking, 3, kRandom, sample).positions)
      EXPECT_GE(at, 20);
  }
}

TEST(Masking, AWordThatNeverFitsIsChosenInPart) {
  // Every byte of these is part of a word: a row is one word, or two with a space between them.
  const std::vector<int32_t> chinese =
      kTokenizer.encode("床前明月光疑是地上霜 舉頭望明月低頭思故鄉");
  const size_t space =
      static_cast<size_t>(std::find(chinese.begin(), chinese.end(), ' ') - chinese.begin());
  for (uint64_t sample = 0; sample < 20; ++sample) {
    std::vector<int32_t> ids(chinese.begin(), chinese.begin() + static_cast<int64_t>(space));
    const MaskedTokens masked =
        mask_tokens(ids, kTokenizer, {.whole_words = true}, 20, kRandom, sample);
    EXPECT_EQ(masked.positions, (std::vector<int32_t>{0, 1, 2, 3, 4}));  // round(0.15 · 30)
    EXPECT_EQ(masked.labels, std::vector<int32_t>(chinese.begin(), chinese.begin() + 5));
  }
  std::set<int32_t> starts;
  for (uint64_t sample = 0; sample < 40; ++sample) {
    std::vector<int32_t> ids = chinese;
    ids.erase(ids.begin() + static_cast<int64_t>(space));
    ids.insert(ids.begin() + static_cast<int64_t>(space), kTokenizer.special().sep);
    const MaskedTokens masked =
        mask_tokens(ids, kTokenizer, {.whole_words = true}, 3, kRandom, sample);
    ASSERT_EQ(masked.positions.size(), 3u);
    EXPECT_EQ(masked.positions[2], masked.positions[0] + 2);
    starts.insert(masked.positions[0]);
  }
  EXPECT_EQ(starts, (std::set<int32_t>{0, static_cast<int32_t>(space) + 1}));
}

TEST(Masking, NeverExceedsTheMost) {
  std::vector<int32_t> ids(100, 'a');
  EXPECT_EQ(mask_tokens(ids, kTokenizer, {.rate = 0.5}, 7, kRandom, 0).positions.size(), 7u);
  std::vector<int32_t> specials(10, kTokenizer.special().sep);
  EXPECT_TRUE(mask_tokens(specials, kTokenizer, {}, 7, kRandom, 0).positions.empty());
}

TEST(Masking, RefusesImpossibleShares) {
  for (const double rate : {0.0, -0.1, 1.1})
    expect_contains(error_of([&] { require_masking({.rate = rate}, kTokenizer); }), "masking rate");
  expect_contains(
      error_of([&] { require_masking({.mask_share = 0.9, .random_share = 0.2}, kTokenizer); }),
      "their sum at most 1");
}

}  // namespace
}  // namespace tessera
