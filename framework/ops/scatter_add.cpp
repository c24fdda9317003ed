// scatter_add: base with slice j of `updates` along `dim` added at indices[j] (i32), for all j in order, so that repeated
// indices give the same bits every time. An index outside the dim is an error when it runs.
#include "framework/core/dims.h"
#include "framework/ops/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 3, "takes base, indices and updates, not {} operands", in.size());
  const auto dim = static_cast<size_t>(checked_dim(attrs.integer("dim"), in[0].rank()));
  require(in[1].dtype == DType::i32 && in[1].rank() == 1, "indices must be a list of i32, not {}",
          to_string(in[1]));
  TensorType expected = in[0];
  expected.shape[dim] = in[1].shape[0];
  require(in[0].dtype != DType::boolean, "adds numbers, not booleans");
  require(in[2] == expected, "updates must be {}, not {}", to_string(expected), to_string(in[2]));
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  return {dy, {}, ops::gather(dy, call.inputs[1], call.attrs)};
}

/// The list is whole: each part of it alone would count the base again.
IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string base, updates;
  for (int64_t d = 0; d < out[0].rank(); ++d) {
    base += d == dim ? " x!" : fmt::format(" d{}", d);
    updates += d == dim ? " n!" : fmt::format(" d{}", d);
  }
  return make_rule(base + ", n!," + updates + " -> " + base, in, out);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::in_place, 0}};
}

}  // namespace

const OpDef ops::scatter_add{.name = "scatter_add",
                             .infer = infer,
                             .grad = grad,
                             .rule = rule,
                             .alias = alias,
                             .precision = Precision::follow};

}  // namespace tessera
