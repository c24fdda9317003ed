#include "framework/tokenizer/word_cache.h"

#include <gtest/gtest.h>

#include <map>

#include "framework/core/random.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

TEST(WordCache, FindsWhatWasKeptAndNothingElse) {
  const Random random(1, "test.word_cache");
  WordCache cache(4096);
  std::map<std::string, Ids> known;
  const std::string text = [&] {
    std::string letters;
    for (uint64_t i = 0; i < 4000; ++i) letters += static_cast<char>(random.below(3, i, 0));
    return letters;
  }();
  int found = 0;
  for (uint64_t n = 0; n < 20000; ++n) {
    const size_t begin = random.below(3900, n, 1),
                 size = 1 + random.below(n % 10 == 0 ? 90 : 20, n, 2);
    const std::string_view word = std::string_view(text).substr(begin, size);
    // Words end where the text ends, too: no byte behind it may be read.
    const char* end = n % 2 == 0 ? word.data() + word.size() : text.data() + text.size();
    Ids ids{7};
    if (cache.find(word, end, ids)) {
      ++found;
      Ids expected{7};
      const Ids& kept = known.at(std::string(word));
      expected.insert(expected.end(), kept.begin(), kept.end());
      ASSERT_EQ(ids, expected);
      continue;
    }
    ASSERT_EQ(ids, Ids{7});
    Ids made;
    for (uint32_t i = 0; i < random.below(6, n, 3); ++i)
      made.push_back(static_cast<int32_t>(random.below(1000, n, 4 + i)));
    cache.keep(word, made);
    known[std::string(word)] = made;
  }
  EXPECT_GT(found, 1000);
}

TEST(WordCache, WordsThatDifferInTheirLengthAreOthers) {
  WordCache cache;
  const std::string zeros(16, '\0');
  for (size_t size = 1; size <= 16; ++size) {
    Ids ids;
    const std::string_view word(zeros.data(), size);
    EXPECT_FALSE(cache.find(word, word.data() + size, ids)) << size;
    cache.keep(word, Ids{static_cast<int32_t>(size)});
    EXPECT_TRUE(cache.find(word, zeros.data() + zeros.size(), ids));
    EXPECT_EQ(ids, Ids{static_cast<int32_t>(size)});
  }
}

TEST(WordCache, ForgetsLongWordsRatherThanGrow) {
  WordCache cache(64);
  const std::string word(WordCache::kLongestBytes + 1, 'a');
  cache.keep(word, Ids{1});
  Ids ids;
  EXPECT_FALSE(cache.find(word, word.data() + word.size(), ids));
  for (int i = 0; i < 10000; ++i)
    cache.keep("a long word of its own, number " + std::to_string(i), Ids{i});
  const std::string last = "a long word of its own, number 9999";
  EXPECT_TRUE(cache.find(last, last.data() + last.size(), ids));
  EXPECT_EQ(ids, Ids{9999});
}

}  // namespace
}  // namespace tessera
