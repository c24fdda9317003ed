// PostProcessor says which special tokens stand around a text, or around each of a pair of texts:
// the "post_processor" of a tokenizer.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

struct PostProcessor {
  struct Item {
    enum class Kind { first, second, special } kind = Kind::first;
    int32_t id = -1;   // of a special
    int32_t type = 0;  // the "token type" of what stands here

    bool operator==(const Item&) const = default;
  };
  std::vector<Item> single{{.kind = Item::Kind::first}};
  std::vector<Item> pair{{.kind = Item::Kind::first}, {.kind = Item::Kind::second, .type = 1}};

  /// The ids of one text with the special tokens around it.
  std::vector<int32_t> apply(std::span<const int32_t> text) const;
  std::vector<int32_t> apply(std::span<const int32_t> first, std::span<const int32_t> second) const;
  /// The token types of what apply() returns for texts of so many tokens.
  std::vector<int32_t> types(size_t text) const;
  std::vector<int32_t> types(size_t first, size_t second) const;
};

}  // namespace tessera
