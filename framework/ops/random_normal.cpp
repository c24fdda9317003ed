// random_normal: normal deviates of mean 0, f32; attributes std, seed, stream (a name) and shape.
// Element e comes from word pair e / 2 of the Philox stream (seed, stream), by Box and Muller ("A
// note on the generation of random normal deviates", 1958): see framework/core/random.h. The first
// values of parameters are drawn by this op. On a part (whole: the shape of the whole, origin: see
// framework/core/part.h) an element is drawn by its position in the whole; elements beyond the
// whole are zero.
#include "framework/core/part.h"
#include "framework/graph/localize.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.empty(), "takes no operand");
  require(attrs.real("std") >= 0, "std is negative");
  attrs.integer("seed");
  attrs.text("stream");
  require_part(attrs, attrs.list("shape"), true);
  return {{DType::f32, attrs.list("shape")}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string names;
  for (int64_t i = 0; i < out[0].rank(); ++i)
    names += fmt::format("{}~ ", static_cast<char>('a' + i));
  return make_rule("-> " + names, in, out);
}

Attrs local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("shape", local_out[0].shape);
  return local;
}

}  // namespace

const OpDef ops::random_normal{.name = "random_normal",
                               .infer = infer,
                               .rule = rule,
                               .local_attrs = local_attrs,
                               .localize = localize_by_result};

}  // namespace tessera
