#include "framework/tokenizer/long_keys.h"

#include <algorithm>

#include "framework/core/random.h"
#include "framework/tokenizer/double_array.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

/// Keys that begin with one another, and such that do almost.
std::vector<std::string> keys_of(const Random& random, uint64_t round) {
  std::vector<std::string> keys;
  const std::string run(700, 'a');
  for (uint64_t i = 0; i < 60; ++i) {
    std::string key = run.substr(0, 1 + random.below(run.size(), round, 2 * i));
    if (random.below(3, round, 2 * i + 1) == 0) key += 'b';
    if (random.below(5, round, 2 * i + 1) == 0) key += key.substr(0, 150);
    keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

TEST(LongKeys, AreFoundAsShortOnesAre) {
  const Random random(1, "test.long_keys");
  using Found = std::vector<std::pair<size_t, int32_t>>;
  for (uint64_t round = 0; round < 8; ++round) {
    const std::vector<std::string> keys = keys_of(random, round);
    std::vector<std::pair<std::string_view, int32_t>> entries;
    for (const std::string& key : keys)
      entries.emplace_back(key, static_cast<int32_t>(entries.size()));
    const DoubleArray trie(entries);
    EXPECT_TRUE(trie.has_long_keys());
    std::string text;
    for (uint64_t i = 0; i < 12; ++i)
      text += keys[random.below(keys.size(), round, 1000 + i)] + (i % 3 == 0 ? "b" : "");
    for (size_t at = 0; at < text.size(); at += 1 + at % 3) {
      Found expected, found;
      for (const auto& [key, value] : entries)
        if (std::string_view(text).substr(at).starts_with(key))
          expected.emplace_back(at + key.size(), value);
      std::sort(expected.begin(), expected.end());
      trie.beginnings(text, at, [&](size_t end, int32_t value) { found.emplace_back(end, value); });
      std::sort(found.begin(), found.end());
      ASSERT_EQ(found, expected) << at;
      for (const size_t most : {size_t{1}, size_t{3}, size_t{20}, SIZE_MAX}) {
        const DoubleArray::Match match = trie.longest(text, at, most);
        ASSERT_EQ(match.bytes,
                  expected.empty() ? 0 : expected[std::min(most, expected.size()) - 1].first - at);
      }
    }
    for (const auto& [key, value] : entries) {
      EXPECT_EQ(trie.find(key), value);
      EXPECT_EQ(trie.find(std::string(key) + "c"), -1);
    }
  }
}

TEST(LongKeys, HaveNoMatchInAShorterText) {
  const std::string key(200, 'a');
  const DoubleArray trie(std::vector<std::pair<std::string_view, int32_t>>{{key, 7}});
  for (const size_t bytes : {size_t{127}, size_t{128}, size_t{129}, size_t{199}}) {
    EXPECT_EQ(trie.longest(std::string(bytes, 'a'), 0).bytes, 0U);
    EXPECT_EQ(trie.find(std::string(bytes, 'a')), -1);
  }
  EXPECT_EQ(trie.longest(key + "a", 0).bytes, 200U);
}

}  // namespace
}  // namespace tessera
