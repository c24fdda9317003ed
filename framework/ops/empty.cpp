// empty: a tensor whose elements are not set yet; attributes dtype (text) and shape. It is for
// results that are written piece by piece with update_slice; reading an element before it is
// written is a bug of the pass that made the node.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.empty(), "takes no operand");
  return {{parse_dtype(attrs.text("dtype")), attrs.list("shape")}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  return make_rule("-> " + index_names(out[0].rank()), in, out);
}

Attrs local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("shape", local_out[0].shape);
  return local;
}

}  // namespace

const OpDef ops::empty{.name = "empty", .infer = infer, .rule = rule, .local_attrs = local_attrs};

}  // namespace tessera
