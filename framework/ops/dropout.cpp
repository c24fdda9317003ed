// dropout: x / (1 - rate) where a draw keeps the element, otherwise 0 (Srivastava et al.,
// "Dropout", 2014). The second operand is the step count, i64[] or i32[]. Element e draws word e %
// 4 of the Philox block (step, e / 4) under the key (seed, stream), so the mask depends on nothing
// else: the gradient, and a clone that recomputes, draw the same mask. A third operand, an integer
// p, says that x is part p of a batch cut into equal parts: its element e draws as element p ·
// numel + e of the whole. Attributes rate, seed, stream (the builder's name for it). On a part of x
// (whole: the shape of all of x, origin: see framework/core/part.h) an element draws by its
// position in the whole, and p counts wholes.
#include "framework/core/part.h"
#include "framework/graph/localize.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2 || in.size() == 3,
          "takes x, the step count and perhaps the part, not {} operands", in.size());
  require(is_float(in[0].dtype), "takes floats, not {}", in[0].dtype);
  require(is_integer(in[1].dtype) && in[1].rank() == 0, "the step count is an integer, not {}",
          in[1]);
  if (in.size() == 3)
    require(is_integer(in[2].dtype) && in[2].rank() == 0, "the part is an integer, not {}", in[2]);
  const double rate = attrs.real("rate");
  require(rate >= 0 && rate < 1, "rate is in [0, 1), not {}", rate);
  attrs.integer("seed");
  attrs.text("stream");
  require_part(attrs, in[0].shape);
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  std::vector<Value> operands(call.inputs.begin(), call.inputs.end()), out(operands.size());
  operands[0] = call.cotangents[0];
  out[0] = ops::dropout.all(operands, call.attrs)[0];
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string names;
  for (int64_t i = 0; i < in[0].rank(); ++i)
    names += fmt::format("{}~ ", static_cast<char>('a' + i));
  return make_rule(names + (in.size() == 3 ? ", , -> " : ", -> ") + names, in, out);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::in_place, 0}};
}

}  // namespace

const OpDef ops::dropout{.name = "dropout",
                         .infer = infer,
                         .grad = grad,
                         .rule = rule,
                         .localize = localize_by_result,
                         .alias = alias,
                         .precision = Precision::follow,
                         .low_operands = 0b1};

}  // namespace tessera
