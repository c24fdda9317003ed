#include "framework/comm/chunks.h"

#include <algorithm>

#include "framework/comm/reduce.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = Collective::Kind;

/// Parts begin on cache lines, so that no two ranks write to the same line.
constexpr int64_t kLine = 64;
/// An all_reduce of up to this many bytes, those of all ranks together, is summed by each rank for
/// itself.
constexpr int64_t kDirectBytes = 16 << 10;

char* at(void* memory, int64_t element, DType type) {
  return static_cast<char*>(memory) + element * static_cast<int64_t>(size_of(type));
}
const char* at(const void* memory, int64_t element, DType type) {
  return static_cast<const char*>(memory) + element * static_cast<int64_t>(size_of(type));
}

int64_t divided(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

Chunks::Chunks(Collective call, int ranks, int64_t slot_bytes, int64_t most_part_bytes)
    : call_(std::move(call)), ranks_(ranks) {
  begins_.reserve(call_.pieces.size());
  for (const Piece& piece : call_.pieces) {
    begins_.push_back(elements_);
    elements_ += piece.count;
  }
  const auto wire = static_cast<int64_t>(size_of(call_.wire));
  direct_ = call_.kind == Kind::all_reduce && elements_ * wire * ranks <= kDirectBytes;
  const bool sums_parts = call_.kind == Kind::all_reduce && !direct_;
  const int64_t parts = sums_parts ? ranks + 1 : scatters() ? ranks : 1;
  part_bytes_ = std::min(slot_bytes / parts, most_part_bytes) / kLine * kLine;
  part_elements_ = part_bytes_ / wire;
  check(part_elements_ > 0, "{} ranks do not fit a slot of {} bytes", ranks, slot_bytes);
  const int64_t per_chunk = sums_parts ? part_elements_ * ranks : part_elements_;
  count_ = std::max<int64_t>(1, divided(elements_, per_chunk));
}

bool Chunks::scatters() const {
  return call_.kind == Kind::reduce_scatter || call_.kind == Kind::all_to_all;
}

bool Chunks::travels(int from, int to) const {
  if (call_.kind == Kind::broadcast) return from == call_.root;
  if (call_.kind == Kind::shift) return from == shifted_from(call_, to, ranks_);
  return true;
}

Chunks::Range Chunks::part(int64_t chunk, int rank) const {
  if (call_.kind != Kind::all_reduce || direct_) {
    const int64_t begin = chunk * part_elements_;
    return {begin, std::min(begin + part_elements_, elements_)};
  }
  const int64_t begin = chunk * part_elements_ * ranks_;
  const int64_t end = std::min(begin + part_elements_ * ranks_, elements_);
  const int64_t per_line = kLine / static_cast<int64_t>(size_of(call_.wire));
  const int64_t each = divided(divided(end - begin, ranks_), per_line) * per_line;
  return {std::min(begin + rank * each, end), std::min(begin + (rank + 1) * each, end)};
}

uint64_t Chunks::signature() const {
  uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&](auto value) {
    hash = (hash ^ static_cast<uint64_t>(value)) * 0x100000001b3u;
    hash ^= hash >> 29;
  };
  add(call_.kind);
  add(call_.dtype);
  add(call_.wire);
  add(call_.reduction);
  add(call_.root);
  add(call_.offset);
  for (const Piece& piece : call_.pieces) add(piece.count);
  return hash;
}

template <typename F>
void Chunks::for_pieces(Range range, const F& f) const {
  if (range.size() <= 0) return;
  auto p =
      static_cast<size_t>(std::ranges::upper_bound(begins_, range.begin) - begins_.begin()) - 1;
  for (int64_t done = 0; done < range.size(); ++p) {
    const int64_t first = range.begin + done - begins_[p];
    const int64_t n = std::min(call_.pieces[p].count - first, range.size() - done);
    f(call_.pieces[p], first, n, done);
    done += n;
  }
}

int64_t Chunks::in_element(const Piece& piece, int rank) const {
  return scatters() ? rank * piece.count : 0;
}

int64_t Chunks::out_element(const Piece& piece, int rank) const {
  return call_.kind == Kind::all_gather || call_.kind == Kind::all_to_all ? rank * piece.count : 0;
}

void Chunks::pack(Range range, int rank, void* to) const {
  for_pieces(range, [&](const Piece& piece, int64_t first, int64_t n, int64_t done) {
    convert(call_.dtype, call_.wire, at(piece.in, in_element(piece, rank) + first, call_.dtype),
            at(to, done, call_.wire), n);
  });
}

const void* Chunks::packed(Range range, int rank, void* scratch) const {
  if (call_.wire == call_.dtype && range.size() > 0) {
    const auto p =
        static_cast<size_t>(std::ranges::upper_bound(begins_, range.begin) - begins_.begin()) - 1;
    const Piece& piece = call_.pieces[p];
    if (range.end <= begins_[p] + piece.count)
      return at(piece.in, in_element(piece, rank) + range.begin - begins_[p], call_.dtype);
  }
  pack(range, rank, scratch);
  return scratch;
}

void Chunks::unpack(Range range, int rank, const void* from, DType type) const {
  for_pieces(range, [&](const Piece& piece, int64_t first, int64_t n, int64_t done) {
    convert(type, call_.dtype, at(from, done, type),
            at(piece.out, out_element(piece, rank) + first, call_.dtype), n);
  });
}

void Chunks::unpack_sum(Range range, std::span<const void* const> sources) const {
  constexpr int64_t block = 2048;
  alignas(kLine) char sum[block * sizeof(double)];
  // The result of an all_reduce is rounded to the type that travels even where it does not travel,
  // so that it is the same wherever it is summed.
  const DType type = call_.kind == Kind::all_reduce ? call_.wire : call_.dtype;
  std::vector<const void*> terms(sources.begin(), sources.end());
  for_pieces(range, [&](const Piece& piece, int64_t first, int64_t n, int64_t done) {
    for (size_t r = 0; r < terms.size(); ++r) terms[r] = at(sources[r], done, call_.wire);
    if (type == call_.dtype)
      return reduce(call_.reduction, call_.wire, type, terms, at(piece.out, first, type), n);
    for (int64_t begin = 0; begin < n; begin += block) {
      const int64_t m = std::min(block, n - begin);
      for (size_t r = 0; r < terms.size(); ++r) terms[r] = at(sources[r], done + begin, call_.wire);
      reduce(call_.reduction, call_.wire, type, terms, sum, m);
      convert(type, call_.dtype, sum, at(piece.out, first + begin, call_.dtype), m);
    }
  });
}

}  // namespace tessera
