// gather: the slices of x along `dim` that a list of i32 indices names, in the list's order. An
// index outside the dim is an error when the op runs. Attribute batch (0 when absent): x and the
// indices share this many first dims, and each entry of these dims has a list of its own: x [b…,
// …, X, …], indices [b…, n] -> [b…, …, n, …].
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/fill.h"
#include "framework/ops/shared/listed.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes x and indices, not {} operands", in.size());
  return {listed(in[0], in[1], attrs)};
}

std::vector<Value> grad(const GradCall& call) {
  const Value zeros = fill(call.graph, 0.0, call.inputs[0].type(), "zeros");
  return {ops::scatter_add(zeros, call.inputs[1], call.cotangents[0], call.attrs), {}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return make_rule(fmt::format("{},{} n -> {}", listed_names(in[0], attrs, "x!"),
                               listed_batch(attrs), listed_names(in[0], attrs, "n")),
                   in, out);
}

}  // namespace

const OpDef ops::gather{
    .name = "gather", .infer = infer, .grad = grad, .rule = rule, .precision = Precision::follow};

}  // namespace tessera
