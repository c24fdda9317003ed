#include "framework/ops/shared/elementwise.h"

namespace tessera {

std::vector<TensorType> infer_unary(TypeSpan in, const Attrs&) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  require(is_float(in[0].dtype), "takes a float operand, not {}", in[0].dtype);
  return {in[0]};
}

namespace {

void require_two_alike(TypeSpan in) {
  require(in.size() == 2, "takes two operands, not {}", in.size());
  require(in[0].dtype == in[1].dtype, "operands must have one dtype; cast one of {} and {}",
          in[0].dtype, in[1].dtype);
}

}  // namespace

std::vector<TensorType> infer_binary(TypeSpan in, const Attrs&) {
  require_two_alike(in);
  require(in[0].dtype != DType::boolean, "takes numbers, not booleans; cast them");
  return {{in[0].dtype, broadcast(in[0].shape, in[1].shape)}};
}

std::vector<TensorType> infer_float_binary(TypeSpan in, const Attrs& attrs) {
  auto out = infer_binary(in, attrs);
  require(is_float(in[0].dtype), "takes float operands, not {}", in[0].dtype);
  return out;
}

std::vector<TensorType> infer_comparison(TypeSpan in, const Attrs&) {
  require_two_alike(in);
  return {{DType::boolean, broadcast(in[0].shape, in[1].shape)}};
}

IndexRule elementwise_rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string text;
  for (size_t i = 0; i < in.size(); ++i)
    text += (i ? ", " : "") + broadcast_names(in[i].shape, out[0].shape);
  text += " -> ";
  for (size_t i = 0; i < out.size(); ++i) text += (i ? ", " : "") + index_names(out[0].rank());
  return make_rule(text, in, out);
}

std::vector<Alias> elementwise_alias(TypeSpan in, TypeSpan out, const Attrs&) {
  std::vector<Alias> aliases;
  for (size_t r = 0; r < out.size(); ++r)
    for (size_t i = 0; i < in.size(); ++i)
      if (in[i] == out[r])
        aliases.push_back({static_cast<int>(r), static_cast<int>(i), Alias::Kind::in_place, 0});
  return aliases;
}

}  // namespace tessera
