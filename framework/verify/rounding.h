// Rounding: how far a value may lie from the same value on another mesh when both are computed from
// the same operands, so that only the order of sums and the rounding of what is computed on the way
// differ:
//
//   |a - b| <= 4 · r · scale      r = Σ (ε(f32) · √k + ε(dtype))
//
// where k is the length of the sum that an element is (1 for elementwise work), ε the unit
// roundoff of sums (f32) and of the coarsest type that takes part, that in which addends travel
// between ranks included, and the sum in r is over the node and those before it whose results the
// two runs do not share. scale is the largest magnitude
// of the value, or √k times what is summed up (root mean squares) where sums cancel.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "framework/graph/graph.h"

namespace tessera {

struct RoundingBound {
  double relative = 0, scale = 0;
  /// The largest difference that rounding explains; zero for what is only copied.
  double allowed() const;
};

class Rounding {
 public:
  struct Known {
    double rms = 0, peak = 0;  // root mean square and largest magnitude
    bool same = false;         // the runs go on with the same bits of it
  };
  /// `known` tells what is known of a value by name, or nothing. The graph is the one that was not
  /// cut. `wires` holds the types to which addends of sums are rounded on their way between ranks,
  /// by the name of the sum.
  Rounding(const Graph& graph, std::function<std::optional<Known>(const std::string&)> known,
           std::map<std::string, DType> wires = {});

  RoundingBound of(const std::string& name);

 private:
  double steps(ValueId v);
  double own(ValueId v) const;
  double on_the_wire(ValueId v) const;
  double scale(ValueId v) const;

  const Graph& graph_;
  std::function<std::optional<Known>(const std::string&)> known_;
  std::map<std::string, DType> wires_;
  std::map<std::string, ValueId> ids_;
  std::map<ValueId, double> steps_;
};

}  // namespace tessera
