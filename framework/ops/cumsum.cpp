// cumsum: running sum along `dim`, from its end backwards when `reverse` is set.
#include "framework/core/dims.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  require(in[0].dtype != DType::boolean, "sums numbers, not booleans");
  checked_dim(attrs.integer("dim"), in[0].rank());
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  return {ops::cumsum(call.cotangents[0], {{"dim", call.attrs.integer("dim")},
                                           {"reverse", !call.attrs.flag("reverse")}})};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string side;
  for (int64_t d = 0; d < out[0].rank(); ++d) side += fmt::format(" d{}{}", d, d == dim ? "!" : "");
  return make_rule(side + " -> " + side, in, out);
}

}  // namespace

const OpDef ops::cumsum{
    .name = "cumsum", .infer = infer, .grad = grad, .rule = rule, .alias = elementwise_alias};

}  // namespace tessera
