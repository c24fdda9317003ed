// How a tensor of ours lies in a tensor of another program: as a strided view, written like
// "h d w = w (1/3 h d)". Left of the sign stand the dims of ours, right of it those of theirs.
// Letters name sizes (OutsideSizes), numbers are sizes themselves, a bracket is one dim made of
// several, and 1/3 is the place 1 of a dim of 3: here ours is the second of three parts that share
// one tensor. Reshapes, transpositions, fused tensors and permuted rows are all views.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/mesh/box.h"

namespace tessera {

/// Sizes by letter: "w" is the width, for example.
using OutsideSizes = std::map<std::string, int64_t, std::less<>>;

struct OutsideView {
  struct Factor {
    int64_t size = 1, stride = 0;  // the stride in theirs
  };

  Shape ours, theirs;
  std::vector<std::vector<Factor>> dims;  // the factors of each dim of ours, the outermost first
  int64_t offset = 0;                     // of our first element in theirs
};

OutsideView outside_view(std::string_view lies, const OutsideSizes& sizes);

/// Nested loops over elements that lie in both tensors: the outermost first.
struct StridedPiece {
  struct Loop {
    int64_t size, ours, theirs;  // steps and strides
  };
  int64_t ours = 0, theirs = 0;  // offsets of the first element
  std::vector<Loop> loops;
};

/// The elements of `box` (inside our shape), in a buffer that holds `held`: pieces whose loops run
/// through theirs in the order of its memory, joined where memory goes on.
std::vector<StridedPiece> pieces_of(const OutsideView& view, const Box& box, const Box& held);

/// Copies a whole tensor of ours into its places in a buffer that holds all of theirs.
void place_in_theirs(const OutsideView& view, std::span<const float> ours, std::span<float> theirs);

}  // namespace tessera
