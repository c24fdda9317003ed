#include "framework/tokenizer/grapheme_map.h"

#include <cstring>

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

/// A charsmap with one rule: from "a" to what stands in `texts` from `begin` on.
std::string charsmap(uint32_t begin, const std::string& texts) {
  std::vector<uint32_t> units(256);
  units['a'] = 1U << 10 | 1U << 8 | 'a';
  units['a' ^ 1] = 1U << 31 | begin;
  const auto size = static_cast<uint32_t>(units.size() * 4);
  std::string bytes(4 + size, '\0');
  std::memcpy(bytes.data(), &size, 4);
  std::memcpy(bytes.data() + 4, units.data(), size);
  return bytes + texts;
}

std::string mapped(const std::string& map, std::string text) {
  GraphemeMap(map).apply(text, 1000);
  return text;
}

TEST(GraphemeMap, AppliesARule) {
  const std::string texts("x\0\xc3\xa9\0", 5);
  EXPECT_EQ(mapped(charsmap(0, texts), "bab"), "bxb");
  EXPECT_EQ(mapped(charsmap(2, texts), "bab"),
            "b\xc3\xa9"
            "b");
  EXPECT_EQ(mapped(charsmap(9, texts), "bab"), "bab");
}

TEST(GraphemeMap, RefusesTextsThatBeginInsideACharacter) {
  const std::string texts("x\0\xc3\xa9\0", 5);
  expect_contains(error_of([&] { mapped(charsmap(3, texts), "bab"); }),
                  "a rule's text begins inside a character");
}

TEST(GraphemeMap, RefusesTextsThatBecomeTooLong) {
  const std::string texts = std::string(400, 'x') + '\0';
  EXPECT_EQ(mapped(charsmap(0, texts), "aba").size(), 801U);
  expect_contains(error_of([&] { mapped(charsmap(0, texts), "ababa"); }),
                  "it makes more than 1000 bytes of a text; take the tokenizer file");
}

}  // namespace
}  // namespace tessera
