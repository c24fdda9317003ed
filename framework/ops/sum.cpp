// sum: the sum over `dims` (list; empty: all dims), which stay as size one when `keep` is set. The
// op accumulates in float for bf16, in a fixed order.
#include <algorithm>

#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/reduction.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {expand_reduced(call.cotangents[0], call.inputs[0].shape(), call.attrs)};
}

}  // namespace

const OpDef ops::sum{.name = "sum",
                     .infer = infer_reduction,
                     .grad = grad,
                     .rule = sum_rule,
                     .sums = Sums::linear,
                     .precision = Precision::follow,
                     .takes_to = true,
                     .plain_sum = true};

Value sum_to(Value x, const Shape& shape) {
  if (x.shape() == shape) return x;
  std::vector<int64_t> dims;
  const size_t extra = x.shape().size() - shape.size();
  for (size_t i = 0; i < x.shape().size(); ++i)
    if (i < extra || (shape[i - extra] == 1 && x.shape()[i] != 1))
      dims.push_back(static_cast<int64_t>(i));
  Value out = dims.empty() ? x : ops::sum(x, {{"dims", dims}, {"keep", false}});
  return out.shape() == shape ? out : ops::reshape(out, {{"shape", shape}});
}

}  // namespace tessera
