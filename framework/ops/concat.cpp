// concat: any number of operands one behind the other along `dim`.
#include "framework/core/dims.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(!in.empty(), "takes at least one operand");
  const auto dim = static_cast<size_t>(checked_dim(attrs.integer("dim"), in[0].rank()));
  TensorType out = in[0];
  for (size_t i = 1; i < in.size(); ++i) {
    TensorType rest = in[i];
    require(rest.rank() == out.rank(), "operands must have one rank; {} and {} differ", in[0],
            in[i]);
    out.shape[dim] += rest.shape[dim];
    rest.shape[dim] = in[0].shape[dim];
    require(rest == in[0], "operands may differ in dim {} alone, not {} and {}", dim, in[0], in[i]);
  }
  return {out};
}

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  const auto dim = static_cast<size_t>(checked_dim(call.attrs.integer("dim"), dy.rank()));
  std::vector<int64_t> starts(dy.shape().size(), 0), limits = dy.shape();
  std::vector<Value> out;
  for (const Value& x : call.inputs) {
    limits[dim] = starts[dim] + x.shape()[dim];
    out.push_back(ops::slice(dy, {{"starts", starts}, {"limits", limits}}));
    starts[dim] = limits[dim];
  }
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string text;
  for (size_t i = 0; i <= in.size(); ++i) {
    text += i == 0 ? "" : i == in.size() ? " -> " : ", ";
    for (int64_t d = 0; d < out[0].rank(); ++d)
      text += d == dim ? fmt::format(" p{}!", i) : fmt::format(" d{}", d);
  }
  return make_rule(text, in, out);
}

}  // namespace

const OpDef ops::concat{.name = "concat",
                        .infer = infer,
                        .grad = grad,
                        .rule = rule,
                        .sums = Sums::linear,
                        .precision = Precision::follow};

}  // namespace tessera
