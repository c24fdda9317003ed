// DoubleArray maps byte strings to small numbers and finds all that begin at a place of a text: a
// double array (Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure",
// IEEE TSE 1989), in which a step reads one unit of eight bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/large_pages.h"
#include "framework/tokenizer/long_keys.h"

namespace tessera {

class DoubleArray {
 public:
  static constexpr uint32_t kRoot = 0;
  static constexpr int32_t kMostValues = (1 << 22) - 1;

  DoubleArray() = default;
  /// Keys are different and not empty; values are 0 to kMostValues - 1.
  explicit DoubleArray(std::vector<std::pair<std::string_view, int32_t>> keys);

  bool empty() const { return units_.empty(); }

  /// Goes from `node` on by one byte; false where no key goes on so. The trie is not empty.
  bool step(uint32_t& node, unsigned char byte) const {
    const Unit& unit = units_[node];
    if ((unit.word & kHasChildren) == 0) return false;
    const uint32_t next = unit.base ^ byte;
    if ((units_[next].word & kLabelMask) != (kTaken | byte)) return false;
    node = next;
    return true;
  }
  /// Where the children of a node lie, to which step_from() goes; 0: only step() does.
  uint32_t children(uint32_t node) const {
    return (units_[node].word & kHasChildren) == 0 ? 0 : units_[node].base;
  }
  /// The node to which a byte leads from `children`, or kRoot where no key goes on so.
  uint32_t step_from(uint32_t children, unsigned char byte) const {
    const uint32_t next = children ^ byte;
    return (units_[next].word & kLabelMask) == (kTaken | byte) ? next : kRoot;
  }
  /// Fetches what step_from() will read.
  void prefetch(uint32_t children, unsigned char byte) const {
    __builtin_prefetch(&units_[children ^ byte]);
  }
  /// The value of the key that ends at `node`, or -1.
  int32_t value(uint32_t node) const { return static_cast<int32_t>(units_[node].word >> 10) - 1; }

  /// Whether a key is so long that beginnings() is to be preferred to steps.
  bool has_long_keys() const { return !long_.empty(); }
  /// Calls found(end, value) for every key that begins at text[at], in any order. Time grows with the
  /// keys found, whatever their length.
  template <typename Found>
  void beginnings(std::string_view text, size_t at, const Found& found) const {
    if (empty()) return;
    uint32_t node = kRoot;
    const size_t limit = long_.empty() ? text.size() : std::min(text.size(), at + LongKeys::kShort);
    size_t end = at;
    while (end < limit && step(node, static_cast<unsigned char>(text[end]))) {
      ++end;
      if (const int32_t id = value(node); id >= 0) found(end, id);
    }
    if (end < text.size() && end == at + LongKeys::kShort)
      long_.beginnings(text.substr(at),
                       [&](const LongKeys::Match& match) { found(at + match.bytes, match.value); });
  }

  struct Match {
    size_t bytes = 0;  // 0: no key begins there
    int32_t value = -1;
  };
  /// The longest key that begins at text[at], or of the first `most` of them by length.
  Match longest(std::string_view text, size_t at, size_t most = SIZE_MAX) const;
  /// The value of a whole key, or -1.
  int32_t find(std::string_view key) const;

 private:
  // A unit's word holds its label (8 bits), whether it is taken, whether it has children, and one
  // more than its value. No two nodes have one base, so the label tells whose child a unit is.
  static constexpr uint32_t kTaken = 1U << 8, kHasChildren = 1U << 9, kLabelMask = kTaken | 0xffU;
  struct Unit {
    uint32_t base = 0;
    uint32_t word = 0;
  };
  class Builder;

  LargePageVector<Unit> units_;
  LongKeys long_;
};

}  // namespace tessera
