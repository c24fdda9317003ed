// constant: a tensor of one repeated value; attributes value (real), dtype (text) and shape. The op
// takes no operand, so it is added through the graph: see scalar_like and fill.
#include "framework/ops/shared/fill.h"

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

const OpDef ops::constant{
    .name = "constant", .infer = infer, .rule = rule, .local_attrs = local_attrs};

Value fill(Graph& graph, double value, TensorType type, std::string_view name) {
  return graph.add1(
      ops::constant, {},
      {{"value", value}, {"dtype", std::string(to_string(type.dtype))}, {"shape", type.shape}},
      name);
}

Value scalar_like(Value like, double value) {
  return fill(like.graph(), value, {like.dtype(), {}}, "scalar");
}

}  // namespace tessera
