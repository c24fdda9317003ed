// Counts by 64-bit key: a flat hash table with open addressing. Counting n-grams is many millions
// of increments, which the node per entry of std::unordered_map makes slow.
#pragma once

#include <cstdint>
#include <vector>

namespace tessera {

class GramCounts {
  struct Slot {
    uint64_t key = 0;
    uint64_t count = 0;  // 0: free
  };

  template <typename Slots>
  static auto& find(Slots& slots, uint64_t key) {
    const uint64_t mask = slots.size() - 1;
    uint64_t at = (key * 0x9E3779B97F4A7C15 >> 20) & mask;
    while (slots[at].count != 0 && slots[at].key != key) at = (at + 1) & mask;
    return slots[at];
  }

 public:
  GramCounts() : slots_(1024) {}

  /// Adds one to `key`'s count and returns the count before.
  uint64_t increment(uint64_t key) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = find(slots_, key);
    if (slot.count == 0) {
      slot.key = key;
      ++used_;
    }
    return slot.count++;
  }
  uint64_t count(uint64_t key) const { return find(slots_, key).count; }

 private:
  void grow() {
    std::vector<Slot> larger(2 * slots_.size());
    for (const Slot& slot : slots_) {
      if (slot.count != 0) find(larger, slot.key) = slot;
    }
    slots_.swap(larger);
  }

  std::vector<Slot> slots_;
  uint64_t used_ = 0;
};

}  // namespace tessera
