// adamw: one update of a parameter (Kingma and Ba, "Adam", 2015; decay apart from the gradient:
// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019). With g = clip_scale ·
// grad and t = step, counted from 1:
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g²
//   param = (1 - lr · weight_decay) param
//           - lr · (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
// Operands param, grad, m, v, lr, clip_scale, step, apply (and the bf16 copy): see
// framework/ops/shared/optimizer.h.
#include "framework/ops/shared/optimizer.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  for (const char* beta : {"beta1", "beta2"})
    require(attrs.real(beta) >= 0 && attrs.real(beta) < 1, "{} is in [0, 1), not {}", beta,
            attrs.real(beta));
  require(attrs.real("eps") >= 0, "eps is negative");
  attrs.real("weight_decay");
  return infer_update(in, attrs);
}

}  // namespace

const OpDef ops::adamw{
    .name = "adamw", .infer = infer, .rule = update_rule, .alias = update_alias, .updates = true};

}  // namespace tessera
