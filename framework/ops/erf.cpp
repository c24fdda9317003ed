// erf: the error function, 2/√π ∫₀ˣ e^(-t²) dt.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  constexpr double kSlopeAtZero = 1.1283791670955126;  // 2/√π
  return {call.cotangents[0] * (ops::exp(-ops::square(call.inputs[0])) * kSlopeAtZero)};
}

}  // namespace

const OpDef ops::erf{.name = "erf",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias};

}  // namespace tessera
