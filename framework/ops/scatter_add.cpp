// scatter_add: base with slice j of `updates` along `dim` added at indices[j] (i32), for all j in
// order, so that repeated indices give the same bits every time. An index outside the dim is an
// error when the op runs. Attribute batch means what it means in gather.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/listed.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 3, "takes base, indices and updates, not {} operands", in.size());
  const TensorType expected = listed(in[0], in[1], attrs);
  require(in[0].dtype != DType::boolean, "adds numbers, not booleans");
  require(in[2] == expected, "updates must be {}, not {}", expected, in[2]);
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  return {dy, {}, ops::gather(dy, call.inputs[1], call.attrs)};
}

/// The list is whole, since each part of it alone would count the base again.
IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const std::string base = listed_names(in[0], attrs, "x!");
  return make_rule(fmt::format("{},{} n!,{} -> {}", base, listed_batch(attrs),
                               listed_names(in[0], attrs, "n!"), base),
                   in, out);
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
