// Packs of whole documents: sequences of at most a given length, each made of documents of one window.
// A window is a fixed number of neighbouring documents, so that a pack is found by looking at one
// window's lengths. Within it, documents longer than a pack are cut into full packs and a rest; rests
// and other documents are placed from the longest to the shortest, each where the least space is left
// that holds it, or else in a new pack (best-fit decreasing: Johnson et al., "Worst-case performance
// bounds for simple one-dimensional packing algorithms", SIAM J. Comput. 3(4), 1974).
#pragma once

#include <cstdint>
#include <vector>

#include "framework/data/token_split.h"

namespace tessera {

class BestFitPacks {
 public:
  static constexpr uint64_t kWindow = 1024;  // documents

  BestFitPacks(const TokenPart& part, uint64_t length, uint64_t window = kWindow);

  /// A stretch of one piece: positions in the part.
  struct Stretch {
    uint64_t begin = 0, end = 0;
  };
  uint64_t count() const { return first_.back(); }
  /// The stretches in pack `index`, in the order of the text.
  std::vector<Stretch> pack(uint64_t index) const;
  /// The share of all packs that no token fills.
  double padding() const;

 private:
  struct Item {
    Stretch stretch;
    uint64_t size() const { return stretch.end - stretch.begin; }
  };
  struct Window {
    uint64_t full = 0;            // packs that one document fills
    std::vector<Item> items;      // rests and whole documents, the longest first
    std::vector<uint32_t> packs;  // the pack of each item, counted after the full ones
    uint64_t pack_count = 0;      // after the full ones
  };

  std::vector<TokenPart::Piece> pieces(uint64_t window) const;
  Window packed(const std::vector<TokenPart::Piece>& pieces) const;

  TokenPart part_;
  uint64_t length_, window_;
  std::vector<uint64_t> first_;  // the first pack of each window, and the count after the last
};

}  // namespace tessera
