// first_only: x on the rank whose place is the origin, zeros on the other ranks, for what is to be
// added once to a sum over ranks. Attributes place, and origin once the rank is known.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs&) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  return {in[0]};
}

}  // namespace

const OpDef ops::first_only{.name = "first_only",
                            .infer = infer,
                            .rule = elementwise_rule,
                            .sums = Sums::linear,
                            .alias = elementwise_alias,
                            .precision = Precision::follow};

}  // namespace tessera
