// add: a + b, elementwise with broadcasting.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  return {sum_to(dy, call.inputs[0].shape()), sum_to(dy, call.inputs[1].shape())};
}

/// A residual's sum is held, since making it again takes all sums before it. A sum with a broadcast
/// operand, such as a bias, is cheap to make again.
bool held(TypeSpan in, TypeSpan, const Attrs&) { return in[0] == in[1]; }

}  // namespace

const OpDef ops::add{.name = "add",
                     .infer = infer_binary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .sums = Sums::linear,
                     .alias = elementwise_alias,
                     .precision = Precision::follow,
                     .held = held};

Value operator+(Value a, Value b) { return ops::add(a, b); }
Value operator+(Value a, double b) { return ops::add(a, scalar_like(a, b)); }

}  // namespace tessera
