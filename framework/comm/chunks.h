// A collective cut into chunks that fit a staging slot. Its pieces, one behind the other, are one sequence of elements;
// of an all_reduce each chunk falls into one part per rank, which that rank sums; of the others a chunk is the same stretch
// of every rank's part. All ranks cut alike, as they know the same counts.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

class Chunks {
 public:
  /// Elements of the sequence.
  struct Range {
    int64_t begin = 0, end = 0;
    int64_t size() const { return end - begin; }
  };

  /// Of a slot with that many bytes, and no longer part than that.
  Chunks(Collective call, int ranks, int64_t slot_bytes, int64_t most_part_bytes);

  const Collective& call() const { return call_; }
  /// At least one, so that an empty collective is a meeting too.
  int64_t count() const { return count_; }
  /// Whether each rank sums everything by itself: fewer steps, for what is small.
  bool direct() const { return direct_; }
  /// Whether a chunk holds something else for every rank.
  bool scatters() const;
  /// Whether rank `to` gets anything of what rank `from` has; of its own too.
  bool travels(int from, int to) const;
  /// Rank `rank`'s part of a chunk.
  Range part(int64_t chunk, int rank) const;
  /// Where part `part` starts in a slot. A result lies behind the parts of all ranks.
  int64_t part_offset(int part) const { return part * part_bytes_; }
  /// The same on all ranks whose calls agree.
  uint64_t signature() const;

  /// What this rank has for `rank`, as it travels.
  void pack(Range range, int rank, void* to) const;
  /// The same; where nothing has to be done for it, without a copy to `scratch`.
  const void* packed(Range range, int rank, void* scratch) const;
  /// Takes what came from `rank`, or the result, into its place.
  void unpack(Range range, int rank, const void* from, DType type) const;
  /// The sum of the sources into its place.
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
  std::vector<int64_t> begins_;  // of every piece in the sequence
  int64_t elements_ = 0;
  int64_t part_elements_ = 0;  // at most, of one part of a chunk
  int64_t part_bytes_ = 0;
  int64_t count_ = 1;
  bool direct_ = false;
};

}  // namespace tessera
