// exp: e^x. Its gradient dy · e^x uses the result.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) { return {call.cotangents[0] * call.outputs[0]}; }

}  // namespace

const OpDef ops::exp{.name = "exp",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias};

}  // namespace tessera
