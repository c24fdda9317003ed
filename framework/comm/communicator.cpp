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
