#include "framework/tokenizer/pair_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tessera {

PairTable::PairTable(size_t expected) {
  const size_t slots = std::bit_ceil(std::max<size_t>(16, expected * 2));
  slots_.resize(slots);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
}

void PairTable::add(int32_t left, int32_t right, Merge merge) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  const uint64_t pair = key(left, right);
  size_t at = place(pair);
  while (slots_[at].pair != kFree) {
    if (slots_[at].pair == pair) {
      slots_[at].merge = merge;
      return;
    }
    at = (at + 1) & mask_;
  }
  slots_[at] = {pair, merge};
  ++size_;
}

void PairTable::grow() {
  PairTable larger(slots_.size());
  for (const Slot& slot : slots_)
    if (slot.pair != kFree)
      larger.add(static_cast<int32_t>(slot.pair >> 32), static_cast<int32_t>(slot.pair),
                 slot.merge);
  *this = std::move(larger);
}

}  // namespace tessera
