// clip_scale: from the sums of squares of all gradients, f32[] each: the factor min(1, max_norm /
// (norm + 1e-6)) that brings their norm down to attribute max_norm (Pascanu et al., "On the
// difficulty of training recurrent neural networks", 2013; max_norm 0: never), the norm itself, and
// whether the norm is finite: the predicate of the update. When the norm is not finite, the factor
// is 0.
#include "framework/ops/ops.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(!in.empty(), "takes at least one sum of squares");
  for (const TensorType& t : in)
    require(t == in[0] && t.rank() == 0 && (t.dtype == DType::f32 || t.dtype == DType::f64),
            "sums of squares are f32[], not {}", t);
  require(attrs.real("max_norm") >= 0, "max_norm is negative");
  return {in[0], in[0], {DType::boolean, {}}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  return make_rule(std::string(in.size() - 1, ',') + " -> , ,", in, out);
}

}  // namespace

const OpDef ops::clip_scale{.name = "clip_scale", .infer = infer, .rule = rule};

}  // namespace tessera
