// argmax: the i32 index of the largest element along `dim`, which goes away; the first index among
// equals, or that of the first NaN.
#include "framework/core/dims.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  TensorType out{DType::i32, in[0].shape};
  out.shape.erase(out.shape.begin() + checked_dim(attrs.integer("dim"), in[0].rank()));
  return {out};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), in[0].rank());
  std::string left, right;
  for (int64_t d = 0; d < in[0].rank(); ++d) {
    left += fmt::format(" d{}{}", d, d == dim ? "!" : "");
    if (d != dim) right += fmt::format(" d{}", d);
  }
  return make_rule(left + " -> " + right, in, out);
}

}  // namespace

const OpDef ops::argmax{.name = "argmax", .infer = infer, .rule = rule};

}  // namespace tessera
