// RegexMemory is what RegexWalk remembers of the places of a text: where a step has failed, so that
// it is never tried there again, and, inside looks and atomic groups, where the match from there
// ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace tessera {

class RegexMemory {
 public:
  RegexMemory(uint32_t outer, uint32_t inner) : outer_(outer), inner_(inner) {}

  bool failed(uint32_t outer, size_t place) {
    const size_t bit = place % kSpan * outer_ + outer;
    return (block(place).failed[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  void set_failed(uint32_t outer, size_t place) {
    const size_t bit = place % kSpan * outer_ + outer;
    block(place).failed[bit / 64] |= uint64_t{1} << (bit % 64);
  }

  static constexpr uint32_t kUnknown = 0, kFailed = 1, kEnds = 2;  // kEnds + the place of the end
  uint32_t& end(uint32_t inner, size_t place) {
    return block(place).ends[place % kSpan * inner_ + inner];
  }

  /// Forgets what lies before a place, which is not asked for again.
  void forget(size_t before) {
    for (; first_ < before / kSpan && !blocks_.empty(); ++first_) {
      if (blocks_.front()) bytes_ -= block_bytes();
      blocks_.pop_front();
    }
    if (blocks_.empty()) first_ = before / kSpan;
  }
  size_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kSpan = 1024;  // places of a block
  struct Block {
    std::vector<uint64_t> failed;  // a bit each
    std::vector<uint32_t> ends;
  };

  size_t block_bytes() const { return kSpan / 8 * (outer_ + 1) + kSpan * 4 * inner_; }
  Block& block(size_t place) {
    const size_t at = place / kSpan - first_;
    if (at >= blocks_.size()) blocks_.resize(at + 1);
    if (!blocks_[at]) [[unlikely]] {
      blocks_[at] = std::make_unique<Block>(Block{std::vector<uint64_t>(kSpan / 64 * outer_ + 1),
                                                  std::vector<uint32_t>(kSpan * inner_)});
      bytes_ += block_bytes();
    }
    return *blocks_[at];
  }

  size_t outer_, inner_;
  std::deque<std::unique_ptr<Block>> blocks_;
  size_t first_ = 0;  // the number of the first block
  size_t bytes_ = 0;
};

}  // namespace tessera
