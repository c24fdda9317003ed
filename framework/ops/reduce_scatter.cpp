// reduce_scatter: each rank of an axis gets its part of the sum of all ranks' operands: x [n, …]
// -> […].
#include "framework/ops/shared/collective.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require_parts(in, check_collective(in, attrs));
  std::vector<TensorType> out = list_of(in);
  for (TensorType& t : out) t.shape.erase(t.shape.begin());
  return out;
}

}  // namespace

const OpDef ops::reduce_scatter{
    .name = "reduce_scatter", .infer = infer, .rule = collective_rule, .collective = true};

}  // namespace tessera
