// log: the natural logarithm; NaN below 0.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) { return {call.cotangents[0] / call.inputs[0]}; }

}  // namespace

const OpDef ops::log{.name = "log",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias};

}  // namespace tessera
