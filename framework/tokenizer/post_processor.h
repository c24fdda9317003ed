// PostProcessor says which special tokens stand around a text, or around each of a pair of texts:
// the "post_processor" of a tokenizer.json.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

struct PostProcessor {
  struct Item {
    enum class Kind { first, second, special } kind = Kind::first;
    int32_t id = -1;   // of a special
    int32_t type = 0;  // the "token type" of what stands here
  };
  std::vector<Item> single{{.kind = Item::Kind::first}};
  std::vector<Item> pair{{.kind = Item::Kind::first}, {.kind = Item::Kind::second, .type = 1}};

  /// The ids of one text with the special tokens around it.
  std::vector<int32_t> apply(std::span<const int32_t> text) const;
  std::vector<int32_t> apply(std::span<const int32_t> first, std::span<const int32_t> second) const;
};

}  // namespace tessera
