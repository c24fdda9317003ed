// rsqrt: 1 / √x. Its gradient -dy y³ / 2 uses the result.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value y = call.outputs[0];
  return {call.cotangents[0] * (y * y * y * -0.5)};
}

}  // namespace

const OpDef ops::rsqrt{.name = "rsqrt",
                       .infer = infer_unary,
                       .grad = grad,
                       .rule = elementwise_rule,
                       .alias = elementwise_alias};

}  // namespace tessera
