// neg: -x.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) { return {-call.cotangents[0]}; }

}  // namespace

const OpDef ops::neg{.name = "neg",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .sums = Sums::linear,
                     .alias = elementwise_alias,
                     .precision = Precision::follow};

Value operator-(Value a) { return ops::neg(a); }

}  // namespace tessera
