// rotary: turns pair i of each head by position · base^(-2i/D) (Su et al., "RoFormer", 2021).
// Operands x [B, S, H, D] and positions i32[B, S]. Attributes: base; layout, where "half" pairs
// element i with i + D/2 and "interleaved" pairs 2i with 2i + 1; inverse, which turns back, as the
// gradient does; and where they are set scaling, factor, low, high, original and magnitude, which
// change the angles and the length (core/rotary_rates.h).
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

void require_scaling(const Attrs& attrs) {
  const std::string& scaling = attrs.text("scaling");
  const bool linear = scaling == "linear";
  require(linear || scaling == "llama3" || scaling == "yarn",
          "scaling is \"linear\", \"llama3\" or \"yarn\", not \"{}\"", scaling);
  require(attrs.real("factor") > 0, "factor is above zero, not {}", attrs.real("factor"));
  if (linear) return;
  require(attrs.integer("original") > 0, "original is above zero, not {}",
          attrs.integer("original"));
  const double low = attrs.real("low"), high = attrs.real("high");
  require(low > 0 && high > low, "low is above zero and high above low, not {} and {}", low, high);
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes x and positions, not {} operands", in.size());
  const TensorType& x = in[0];
  require(is_float(x.dtype) && x.rank() == 4 && x.shape[3] % 2 == 0,
          "x is [batch, sequence, heads, even head size] of floats, not {}", x);
  const TensorType positions{DType::i32, {x.shape[0], x.shape[1]}};
  require(in[1] == positions, "positions of {} are {}, not {}", x, positions, in[1]);
  require(attrs.real("base") > 0, "base is above zero, not {}", attrs.real("base"));
  const std::string& layout = attrs.text("layout");
  require(layout == "half" || layout == "interleaved",
          "layout is \"half\" or \"interleaved\", not \"{}\"", layout);
  if (attrs.has("scaling")) require_scaling(attrs);
  return {x};
}

std::vector<Value> grad(const GradCall& call) {
  Attrs attrs = call.attrs;
  attrs.set("inverse", !attrs.flag("inverse"));
  return {ops::rotary(call.cotangents[0], call.inputs[1], attrs), Value()};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  return make_rule("b s h d!, b s -> b s h d!", in, out);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::in_place, 0}};
}

}  // namespace

const OpDef ops::rotary{.name = "rotary",
                        .infer = infer,
                        .grad = grad,
                        .rule = rule,
                        .alias = alias,
                        .precision = Precision::follow,
                        .low_operands = 0b1};

}  // namespace tessera
