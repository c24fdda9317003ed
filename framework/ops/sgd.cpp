// sgd: one update of a parameter by gradient descent with momentum (Sutskever et al., "On the
// importance of initialization and momentum in deep learning", 2013), with decay apart from the
// gradient. With g = clip_scale · grad:
//   b = momentum b + g,  param = (1 - lr · weight_decay) param - lr · b
// Operands param, grad, b, lr, clip_scale, apply (and the bf16 copy): see
// framework/ops/shared/optimizer.h. With momentum 0 there is no b, neither operand nor result.
#include "framework/ops/shared/optimizer.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(attrs.real("momentum") >= 0 && attrs.real("momentum") < 1,
          "momentum is in [0, 1), not {}", attrs.real("momentum"));
  attrs.real("weight_decay");
  return infer_update(in, attrs);
}

}  // namespace

const OpDef ops::sgd{
    .name = "sgd", .infer = infer, .rule = update_rule, .alias = update_alias, .updates = true};

}  // namespace tessera
