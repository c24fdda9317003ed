#include "framework/comm/communicator.h"

#include <numeric>

#include "framework/core/error.h"

namespace tessera {

std::string_view to_string(Collective::Kind kind) {
  switch (kind) {
    case Collective::Kind::all_reduce:
      return "all_reduce";
    case Collective::Kind::all_gather:
      return "all_gather";
    case Collective::Kind::reduce_scatter:
      return "reduce_scatter";
    case Collective::Kind::all_to_all:
      return "all_to_all";
    case Collective::Kind::broadcast:
      return "broadcast";
  }
  internal_error("unknown collective");
}

std::string title(const Collective& call) {
  return call.name.empty() ? std::string(to_string(call.kind))
                           : fmt::format("{} of {}", to_string(call.kind), call.name);
}

void verify(const Collective& call, int size) {
  using Kind = Collective::Kind;
  const bool reduces = call.kind == Kind::all_reduce || call.kind == Kind::reduce_scatter;
  check(call.wire == call.dtype || (call.dtype == DType::f32 && call.wire == DType::bf16),
        "{}: {} cannot travel as {}", title(call), call.dtype, call.wire);
  check(!reduces || call.dtype != DType::boolean || call.reduction == Reduction::max,
        "{}: booleans have no sum", title(call));
  check(call.kind != Kind::broadcast || (call.root >= 0 && call.root < size),
        "{}: root {} of {} ranks", title(call), call.root, size);
  for (const Collective::Piece& piece : call.pieces) {
    check(piece.count >= 0, "{}: a piece of {} elements", title(call), piece.count);
    check(piece.count == 0 || (piece.out && (piece.in || call.kind == Kind::broadcast)),
          "{}: a piece without memory", title(call));
  }
}

void Communicator::barrier() {
  int32_t one = 1;
  run({.dtype = DType::i32, .pieces = {{&one, &one, 1}}, .name = "barrier"});
}

Communicator& World::all() {
  std::vector<int64_t> ranks(static_cast<size_t>(size()));
  std::iota(ranks.begin(), ranks.end(), 0);
  return group(ranks);
}

}  // namespace tessera
