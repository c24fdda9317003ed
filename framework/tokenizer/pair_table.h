// PairTable finds what two neighbouring tokens merge to: a flat hash table, read at every step of a
// merge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

struct Merge {
  uint32_t rank = kNone;  // lower ones are merged first
  int32_t made = -1;      // the token that the two make

  static constexpr uint32_t kNone = 0xffffffff;
};

class PairTable {
 public:
  PairTable() = default;
  explicit PairTable(size_t expected);

  /// The last of several merges of one pair counts.
  void add(int32_t left, int32_t right, Merge merge);
  size_t size() const { return size_; }

  /// The merge of the pair; its rank is Merge::kNone where there is none.
  Merge find(int32_t left, int32_t right) const {
    if (slots_.empty()) return {};
    const uint64_t pair = key(left, right);
    for (size_t at = place(pair);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.pair == pair) return slot.merge;
      if (slot.pair == kFree) return {};
    }
  }

 private:
  static constexpr uint64_t kFree = ~uint64_t{0};
  struct Slot {
    uint64_t pair = kFree;
    Merge merge;
  };
  static uint64_t key(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  size_t place(uint64_t pair) const {
    return static_cast<size_t>(pair * 0x9e3779b97f4a7c15ULL >> shift_);
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two
  size_t mask_ = 0, size_ = 0;
  int shift_ = 0;  // 64 less the logarithm of the number of slots
};

}  // namespace tessera
