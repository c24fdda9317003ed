// dropout: x / (1 - rate) where a draw keeps it, else 0 (Srivastava et al., "Dropout", 2014). The second operand is the
// step count, i64[] or i32[]. Element e draws word e % 4 of the Philox block (step, e / 4) under the key (seed, stream),
// so the mask depends on nothing else: the gradient, and a clone that recomputes, draw the same one. Attributes rate,
// seed, stream (the builder's name for it).
#include "framework/ops/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes x and the step count, not {} operands", in.size());
  require(is_float(in[0].dtype), "takes floats, not {}", in[0].dtype);
  require(is_integer(in[1].dtype) && in[1].rank() == 0, "the step count is an integer, not {}",
          to_string(in[1]));
  const double rate = attrs.real("rate");
  require(rate >= 0 && rate < 1, "rate is in [0, 1), not {}", rate);
  attrs.integer("seed");
  attrs.text("stream");
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  return {ops::dropout(call.cotangents[0], call.inputs[1], call.attrs), Value()};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string names;
  for (int64_t i = 0; i < in[0].rank(); ++i)
    names += fmt::format("{}~ ", static_cast<char>('a' + i));
  return make_rule(names + ", -> " + names, in, out);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::in_place, 0}};
}

}  // namespace

const OpDef ops::dropout{.name = "dropout",
                         .infer = infer,
                         .grad = grad,
                         .rule = rule,
                         .alias = alias,
                         .precision = Precision::follow,
                         .low_operands = 0b1};

}  // namespace tessera
