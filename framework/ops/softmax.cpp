// softmax: e^x divided by its sum along attribute dim; the largest element is taken off before. Its
// gradient y · (dy - sum(y · dy)) uses the result.
#include "framework/ops/shared/precise.h"
#include "framework/ops/shared/whole_dim.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {ops::softmax_grad(call.outputs[0], call.cotangents[0], call.attrs)};
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]);
  const Attrs along{{"dims", std::vector<int64_t>{whole_dim(x.rank(), attrs)}}, {"keep", true}};
  const Value e = ops::exp(x - ops::max(x, along));
  return {to_dtype(e / ops::sum(e, along), in[0].dtype())};
}

std::vector<Value> grad_composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value y = widen(in[0]), dy = widen(in[1]);
  const Attrs along{{"dims", std::vector<int64_t>{whole_dim(y.rank(), attrs)}}, {"keep", true}};
  return {to_dtype(y * (dy - ops::sum(y * dy, along)), in[0].dtype())};
}

}  // namespace

const OpDef ops::softmax{.name = "softmax",
                         .infer = infer_whole_dim,
                         .grad = grad,
                         .rule = whole_dim_rule,
                         .composite = composite,
                         .alias = elementwise_alias,
                         .precision = Precision::follow};

const OpDef ops::softmax_grad{.name = "softmax_grad",
                              .infer = infer_whole_dim_grad,
                              .rule = whole_dim_rule,
                              .composite = grad_composite,
                              .alias = elementwise_alias,
                              .precision = Precision::follow};

}  // namespace tessera
