#include "framework/ops/shared/reduction.h"

#include <algorithm>

namespace tessera {

std::vector<TensorType> infer_reduction(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  const auto dims = reduced_dims(in[0].rank(), attrs);
  TensorType out{attrs.has("to") ? parse_dtype(attrs.text("to")) : in[0].dtype, {}};
  for (int64_t d = 0; d < in[0].rank(); ++d) {
    if (!std::binary_search(dims.begin(), dims.end(), d))
      out.shape.push_back(in[0].shape[static_cast<size_t>(d)]);
    else if (attrs.flag("keep"))
      out.shape.push_back(1);
  }
  return {out};
}

namespace {

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs, const char* tag) {
  const auto dims = reduced_dims(in[0].rank(), attrs);
  std::string left, right;
  for (int64_t d = 0; d < in[0].rank(); ++d) {
    const bool reduced = std::binary_search(dims.begin(), dims.end(), d);
    const char name = static_cast<char>('a' + d);
    left += fmt::format(" {}{}", name, reduced ? tag : "");
    if (!reduced)
      right += fmt::format(" {}", name);
    else if (attrs.flag("keep"))
      right += " 1";
  }
  return make_rule(left + " -> " + right, in, out);
}

}  // namespace

IndexRule sum_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return rule(in, out, attrs, "");
}
IndexRule max_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return rule(in, out, attrs, "^");
}
IndexRule whole_reduction_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return rule(in, out, attrs, "!");
}

Value expand_reduced(Value y, const Shape& shape, const Attrs& attrs) {
  const auto dims = reduced_dims(static_cast<int64_t>(shape.size()), attrs);
  Shape kept = shape;
  for (int64_t d : dims) kept[static_cast<size_t>(d)] = 1;
  Value x = y.shape() == kept ? y : ops::reshape(y, {{"shape", kept}});
  return x.shape() == shape ? x : ops::broadcast_to(x, {{"shape", shape}});
}

}  // namespace tessera
