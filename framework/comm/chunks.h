// A collective cut into chunks that fit a staging slot. Its pieces, one behind the other, are one
// sequence of elements. Each chunk of an all_reduce falls into one part per rank, which that rank
// sums; a chunk of any other collective is the same stretch of every rank's part. All ranks cut
// alike, as they know the same counts.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

class Chunks {
 public:
  /// A stretch of the sequence of elements.
  struct Range {
    int64_t begin = 0, end = 0;
    int64_t size() const { return end - begin; }
  };

  /// Cuts `call` into chunks that fit a slot of `slot_bytes`, with no part longer than
  /// `most_part_bytes`.
  Chunks(Collective call, int ranks, int64_t slot_bytes, int64_t most_part_bytes);

  const Collective& call() const { return call_; }
  /// The number of chunks: at least one, so that an empty collective is a meeting too.
  int64_t count() const { return count_; }
  /// Whether every rank sums everything by itself: a small all_reduce takes fewer steps this way.
  bool direct() const { return direct_; }
  /// Whether a chunk holds different data for every rank.
  bool scatters() const;
  /// Whether rank `to` gets anything of what rank `from` has; the two may be the same rank.
  bool travels(int from, int to) const;
  /// The part of a chunk that rank `rank` sums; the whole chunk where no parts are summed.
  Range part(int64_t chunk, int rank) const;
  /// The byte at which part `part` starts in a slot. A result lies behind the parts of all ranks.
  int64_t part_offset(int part) const { return part * part_bytes_; }
  /// A hash that is the same on all ranks whose calls agree.
  uint64_t signature() const;

  /// Writes what this rank has for rank `rank` to `to`, in the type that travels.
  void pack(Range range, int rank, void* to) const;
  /// Returns the elements that pack() would write: where they lie, when they need no change there,
  /// otherwise packed in `scratch`.
  const void* packed(Range range, int rank, void* scratch) const;
  /// Writes what came from rank `rank`, or a result, to its place; `type` is the type of `from`.
  void unpack(Range range, int rank, const void* from, DType type) const;
  /// Writes the sum (or maximum) of the sources to its place.
  void unpack_sum(Range range, std::span<const void* const> sources) const;

 private:
  using Piece = Collective::Piece;

  /// Calls f(piece, first element in the piece, elements, elements of the range before it).
  template <typename F>
  void for_pieces(Range range, const F& f) const;
  int64_t in_element(const Piece& piece, int rank) const;
  int64_t out_element(const Piece& piece, int rank) const;

  Collective call_;
  int ranks_;
  std::vector<int64_t> begins_;  // the first element of every piece
  int64_t elements_ = 0;
  int64_t part_elements_ = 0;  // the most elements of one part of a chunk
  int64_t part_bytes_ = 0;
  int64_t count_ = 1;
  bool direct_ = false;
};

}  // namespace tessera
