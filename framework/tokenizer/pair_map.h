// PairMap is a flat hash table from a pair of token ids to a value, for the training of merges. An
// absent pair has the value that Value's default makes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tessera {

/// Two token ids as one number: numbers are ordered as the pairs are.
struct TokenPair {
  uint64_t number = 0;

  TokenPair() = default;
  TokenPair(uint32_t left, uint32_t right) : number(uint64_t{left} << 32 | right) {}
  uint32_t left() const { return static_cast<uint32_t>(number >> 32); }
  uint32_t right() const { return static_cast<uint32_t>(number); }
};

template <typename Value>
class PairMap {
 public:
  /// The value of the pair, which is put in if it is absent. The reference is valid until the next
  /// call.
  Value& operator[](TokenPair pair) {
    if (size_ * 4 >= slots_.size() * 3) grow();
    Slot& slot = *find_slot(pair);
    if (slot.pair == kFree) {
      slot.pair = pair.number;
      ++size_;
    }
    return slot.value;
  }

  Value find(TokenPair pair) const {
    if (slots_.empty()) return {};
    const Slot& slot = *const_cast<PairMap*>(this)->find_slot(pair);
    return slot.pair == kFree ? Value{} : slot.value;
  }

  template <typename Visit>
  void for_each(Visit&& visit) {
    for (Slot& slot : slots_) {
      if (slot.pair == kFree) continue;
      visit(TokenPair(static_cast<uint32_t>(slot.pair >> 32), static_cast<uint32_t>(slot.pair)),
            slot.value);
    }
  }

  size_t size() const { return size_; }

 private:
  static constexpr uint64_t kFree = ~uint64_t{0};
  static constexpr size_t kFirstSlots = 1024;
  struct Slot {
    uint64_t pair = kFree;
    Value value{};
  };

  Slot* find_slot(TokenPair pair) {
    const size_t mask = slots_.size() - 1;
    size_t at = static_cast<size_t>(pair.number * 0x9e3779b97f4a7c15ULL >> shift_);
    while (slots_[at].pair != pair.number && slots_[at].pair != kFree) at = (at + 1) & mask;
    return &slots_[at];
  }

  void grow() {
    std::vector<Slot> old(std::max(kFirstSlots, 2 * slots_.size()));
    old.swap(slots_);
    shift_ = 64;
    for (size_t size = slots_.size(); size > 1; size /= 2) --shift_;
    for (Slot& slot : old) {
      if (slot.pair == kFree) continue;
      *find_slot(TokenPair(static_cast<uint32_t>(slot.pair >> 32),
                           static_cast<uint32_t>(slot.pair))) = std::move(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two
  size_t size_ = 0;
  int shift_ = 64;  // 64 less the logarithm of the number of slots
};

}  // namespace tessera
