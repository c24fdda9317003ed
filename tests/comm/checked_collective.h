// A collective with made-up data and known results. It is started, and after the wait every bit is
// compared, also of the elements around the results. The known results are calculated by the
// definition: in the order of the ranks, in f32 at least, rounded once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

struct CheckedCall {
  Collective::Kind kind = Collective::Kind::all_reduce;
  DType dtype = DType::f32;
  std::vector<int64_t> counts = {};
  Reduction reduction = Reduction::sum;
  DType wire = dtype;
  int root = 0;
  bool in_place = false;  // all_reduce and broadcast
  int offset = 1;         // how far a shift goes
  uint64_t seed = 1;
};

class CheckedCollective {
 public:
  virtual ~CheckedCollective() = default;
  /// Throws std::runtime_error at the first element that is wrong.
  virtual void finish() = 0;
  /// A hash of the results' bits.
  virtual uint64_t hash() const = 0;
};

std::unique_ptr<CheckedCollective> start_checked(Communicator& group, const CheckedCall& call);

inline void run_checked(Communicator& group, const CheckedCall& call) {
  start_checked(group, call)->finish();
}

}  // namespace tessera
