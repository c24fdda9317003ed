// iota: 0, 1, 2, … along `dim`; attributes dim, dtype and shape. The op takes no operand and is
// added by the function iota. A part (whole: the shape of the whole, origin: see
// framework/core/part.h) counts on from where it begins.
#include "framework/ops/iota.h"

#include "framework/core/dims.h"
#include "framework/core/part.h"
#include "framework/graph/localize.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.empty(), "takes no operand");
  const DType dtype = parse_dtype(attrs.text("dtype"));
  require(dtype != DType::boolean, "counts in numbers, not booleans");
  checked_dim(attrs.integer("dim"), static_cast<int64_t>(attrs.list("shape").size()));
  require_part(attrs, attrs.list("shape"));
  return {{dtype, attrs.list("shape")}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string right;
  for (int64_t d = 0; d < out[0].rank(); ++d)
    right += fmt::format(" d{}{}", d, d == dim ? "~" : "");
  return make_rule("->" + right, in, out);
}

Attrs local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("shape", local_out[0].shape);
  return local;
}

}  // namespace

const OpDef ops::iota{.name = "iota",
                      .infer = infer,
                      .rule = rule,
                      .local_attrs = local_attrs,
                      .localize = localize_by_result};

Value iota(Graph& graph, TensorType type, int64_t dim, std::string_view name) {
  return graph.add1(
      ops::iota, {},
      {{"dim", dim}, {"dtype", std::string(to_string(type.dtype))}, {"shape", type.shape}}, name);
}

}  // namespace tessera
