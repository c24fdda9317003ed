#include "framework/ops/shared/precise.h"

namespace tessera {

Value to_dtype(Value x, DType dtype) {
  return x.dtype() == dtype ? x : ops::cast(x, {{"to", std::string(to_string(dtype))}});
}

Value widen(Value x) { return to_dtype(x, precise(x.dtype())); }

std::vector<TensorType> infer_pointwise_grad(TypeSpan in, const Attrs&) {
  require(in.size() == 2, "takes a value and a cotangent, not {} operands", in.size());
  require(is_float(in[0].dtype), "takes float operands, not {}", in[0].dtype);
  require(in[0] == in[1], "the value is {} but the cotangent {}", in[0], in[1]);
  return {in[0]};
}

}  // namespace tessera
