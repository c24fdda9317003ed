// mean: the mean over `dims`, an attribute as in sum. It is the sum divided by attribute `count`,
// which is the number of reduced elements unless this is one part of a larger mean.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/reduction.h"

namespace tessera {
namespace {

int64_t count(const Shape& shape, const Attrs& attrs) {
  if (attrs.has("count")) return attrs.integer("count");
  int64_t n = 1;
  for (int64_t d : reduced_dims(static_cast<int64_t>(shape.size()), attrs))
    n *= shape[static_cast<size_t>(d)];
  return n;
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  auto out = infer_reduction(in, attrs);
  require(is_float(in[0].dtype), "takes a float operand, not {}", in[0].dtype);
  return out;
}

std::vector<Value> grad(const GradCall& call) {
  const Shape& shape = call.inputs[0].shape();
  const Value dy = call.cotangents[0] * (1.0 / static_cast<double>(count(shape, call.attrs)));
  return {expand_reduced(dy, shape, call.attrs)};
}

std::vector<Value> composite(Graph&, std::span<const Value> inputs, const Attrs& attrs) {
  const double scale = 1.0 / static_cast<double>(count(inputs[0].shape(), attrs));
  Attrs sum_attrs = attrs;
  sum_attrs.erase("count");
  return {ops::sum(inputs[0], sum_attrs) * scale};
}

Attrs local_attrs(const Attrs& attrs, TypeSpan in, TypeSpan, TypeSpan) {
  Attrs local = attrs;
  local.set("count", count(in[0].shape, attrs));
  return local;
}

}  // namespace

const OpDef ops::mean{.name = "mean",
                      .infer = infer,
                      .grad = grad,
                      .rule = sum_rule,
                      .local_attrs = local_attrs,
                      .composite = composite};

}  // namespace tessera
