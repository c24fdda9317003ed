#include "framework/comm/exchange.h"

#include <algorithm>
#include <vector>

#include "framework/comm/reduce.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = Collective::Kind;
using Piece = Collective::Piece;

/// The elements handled at a time, and the most bytes that they take.
constexpr int64_t kBlock = 4096;
constexpr size_t kBlockBytes = kBlock * sizeof(double);

const char* at(const void* memory, int64_t element, DType dtype) {
  return static_cast<const char*>(memory) + static_cast<size_t>(element) * size_of(dtype);
}
char* at(void* memory, int64_t element, DType dtype) {
  return static_cast<char*>(memory) + static_cast<size_t>(element) * size_of(dtype);
}

/// Copies one rank's elements to another rank, rounded to the type that travels.
void transfer(const Collective& call, const void* in, void* out, int64_t count) {
  if (call.wire == call.dtype) return convert(call.dtype, call.dtype, in, out, count);
  alignas(64) char travelling[kBlockBytes];
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t n = std::min(kBlock, count - begin);
    convert(call.dtype, call.wire, at(in, begin, call.dtype), travelling, n);
    convert(call.wire, call.dtype, travelling, at(out, begin, call.dtype), n);
  }
}

/// Writes the sum (or maximum) of `sources`, `count` elements each, to every one of `destinations`.
void sum(const Collective& call, std::vector<const void*> sources,
         const std::vector<void*>& destinations, int64_t count) {
  const bool narrow = call.wire != call.dtype;
  const bool sent_back = call.kind == Kind::all_reduce;
  const DType result_type = sent_back ? call.wire : call.dtype;
  alignas(64) char result[kBlockBytes];
  std::vector<char> travelling(narrow ? sources.size() * kBlock * size_of(call.wire) : 0);
  std::vector<const void*> terms(sources.size());
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t n = std::min(kBlock, count - begin);
    for (size_t r = 0; r < sources.size(); ++r) {
      terms[r] = at(sources[r], begin, call.dtype);
      if (!narrow) continue;
      char* rounded = at(travelling.data(), static_cast<int64_t>(r) * kBlock, call.wire);
      convert(call.dtype, call.wire, terms[r], rounded, n);
      terms[r] = rounded;
    }
    reduce(call.reduction, call.wire, result_type, terms, result, n);
    for (void* destination : destinations)
      convert(result_type, call.dtype, result, at(destination, begin, call.dtype), n);
  }
}

void exchange_piece(std::span<const Collective> calls, size_t p) {
  const size_t ranks = calls.size();
  const int64_t count = calls[0].pieces[p].count;
  const auto piece = [&](size_t rank) -> const Piece& { return calls[rank].pieces[p]; };
  const DType dtype = calls[0].dtype;
  if (count == 0) return;
  const auto part = [&](size_t rank) { return static_cast<int64_t>(rank) * count; };
  switch (calls[0].kind) {
    case Kind::all_reduce:
    case Kind::reduce_scatter: {
      const bool scatter = calls[0].kind == Kind::reduce_scatter;
      std::vector<const void*> sources(ranks);
      std::vector<void*> outs(ranks);
      for (size_t r = 0; r < ranks; ++r) {
        sources[r] = piece(r).in;
        outs[r] = piece(r).out;
      }
      if (!scatter) return sum(calls[0], sources, outs, count);
      for (size_t to = 0; to < ranks; ++to) {
        std::vector<const void*> parts(ranks);
        for (size_t r = 0; r < ranks; ++r) parts[r] = at(sources[r], part(to), dtype);
        sum(calls[0], parts, {outs[to]}, count);
      }
      return;
    }
    case Kind::all_gather:
    case Kind::all_to_all: {
      const bool gather = calls[0].kind == Kind::all_gather;
      for (size_t to = 0; to < ranks; ++to) {
        for (size_t from = 0; from < ranks; ++from) {
          transfer(calls[0], gather ? piece(from).in : at(piece(from).in, part(to), dtype),
                   at(piece(to).out, part(from), dtype), count);
        }
      }
      return;
    }
    case Kind::broadcast: {
      const auto root = static_cast<size_t>(calls[0].root);
      check(piece(root).in != nullptr, "{}: the root has nothing to send", title(calls[root]));
      for (size_t to = 0; to < ranks; ++to)
        if (to != root) transfer(calls[0], piece(root).in, piece(to).out, count);
      return transfer(calls[0], piece(root).in, piece(root).out, count);
    }
    case Kind::shift: {
      for (size_t to = 0; to < ranks; ++to) {
        const int from = shifted_from(calls[0], static_cast<int>(to), static_cast<int>(ranks));
        transfer(calls[0], piece(static_cast<size_t>(from)).in, piece(to).out, count);
      }
      return;
    }
  }
}

}  // namespace

std::string disagreement(std::span<const Collective> calls) {
  const Collective& first = calls[0];
  const auto same_count = [](const Piece& a, const Piece& b) { return a.count == b.count; };
  for (size_t r = 1; r < calls.size(); ++r) {
    const Collective& other = calls[r];
    const char* what = nullptr;
    if (other.kind != first.kind) {
      what = "they differ in kind";
    } else if (other.dtype != first.dtype || other.wire != first.wire) {
      what = "their types differ";
    } else if (other.reduction != first.reduction || other.root != first.root ||
               other.offset != first.offset) {
      what = "reduction, root or offset differ";
    } else if (!std::ranges::equal(first.pieces, other.pieces, same_count)) {
      what = "their counts differ";
    } else {
      continue;
    }
    return fmt::format("rank 0 of the group starts {} where rank {} starts {}: {}", title(first), r,
                       title(other), what);
  }
  return {};
}

void exchange(std::span<const Collective> calls) {
  for (size_t p = 0; p < calls[0].pieces.size(); ++p) exchange_piece(calls, p);
}

}  // namespace tessera
