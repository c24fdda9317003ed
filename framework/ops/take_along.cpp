// take_along: x[…, indices[…, j, …], …]: one index per element of the result, along `dim`.
// The indices are i32 and have the shape of x in all dims but `dim`. An index outside the dim is an
// error when the op runs.
#include "framework/core/dims.h"
#include "framework/ops/shared/along.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes x and indices, not {} operands", in.size());
  const auto dim = static_cast<size_t>(checked_dim(attrs.integer("dim"), in[0].rank()));
  require(in[1].dtype == DType::i32, "indices must be i32, not {}", in[1].dtype);
  Shape shape = in[1].shape;
  if (shape.size() == in[0].shape.size()) shape[dim] = in[0].shape[dim];
  require(shape == in[0].shape, "indices {} must have the dims of x {} but for dim {}", in[1],
          in[0], dim);
  return {{in[0].dtype, in[1].shape}};
}

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0];
  return {add_along(call.cotangents[0], call.inputs[1], x.shape(),
                    checked_dim(call.attrs.integer("dim"), x.rank())),
          {}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string left, right;
  for (int64_t d = 0; d < out[0].rank(); ++d) {
    left += d == dim ? " x!" : fmt::format(" d{}", d);
    right += d == dim ? " n" : fmt::format(" d{}", d);
  }
  return make_rule(left + "," + right + " -> " + right, in, out);
}

}  // namespace

const OpDef ops::take_along{.name = "take_along",
                            .infer = infer,
                            .grad = grad,
                            .rule = rule,
                            .precision = Precision::follow};

}  // namespace tessera
