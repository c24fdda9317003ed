#include "framework/ops/shared/optimizer.h"

namespace tessera {

std::vector<TensorType> infer_update(TypeSpan in, const Attrs& attrs, size_t buffers,
                                     bool counted) {
  const bool copy = attrs.has("copy");
  require(!copy || attrs.text("copy") == "bf16", "copy is \"bf16\", not \"{}\"",
          copy ? attrs.text("copy") : "");
  const size_t scalars = 2 + buffers, operands = scalars + (counted ? 4 : 3) + copy;
  require(in.size() == operands, "takes {} operands, not {}", operands, in.size());
  const TensorType& param = in[0];
  require(param.dtype == DType::f32 || param.dtype == DType::f64, "the parameter is f32, not {}",
          param.dtype);
  require(in[1].shape == param.shape && is_float(in[1].dtype), "the gradient of {} is {}",
          to_string(param), to_string(in[1]));
  std::vector<TensorType> out{param};
  for (size_t i = 2; i < scalars; ++i) {
    if (in[i] != param)
      user_error("the optimizer state of {} is {}", to_string(param), to_string(in[i]));
    out.push_back(in[i]);
  }
  for (size_t i : {scalars, scalars + 1})
    require(in[i] == TensorType{param.dtype, {}}, "{} is {}[], not {}",
            i == scalars ? "lr" : "clip_scale", param.dtype, to_string(in[i]));
  if (counted)
    require(is_integer(in[scalars + 2].dtype) && in[scalars + 2].rank() == 0,
            "the update's number is an integer, not {}", to_string(in[scalars + 2]));
  const TensorType& apply = in[scalars + (counted ? 3 : 2)];
  require(apply == TensorType{DType::boolean, {}}, "apply is bool[], not {}", to_string(apply));
  if (copy) {
    const TensorType wanted{DType::bf16, param.shape};
    require(in.back() == wanted, "the copy of {} is {}", to_string(param), to_string(in.back()));
    out.push_back(wanted);
  }
  return out;
}

IndexRule update_rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string names = index_names(in[0].rank());
  std::string text;
  for (size_t i = 0; i < in.size(); ++i)
    text += (i ? ", " : "") + (in[i].shape == in[0].shape ? names : std::string());
  text += " -> ";
  for (size_t i = 0; i < out.size(); ++i) text += (i ? ", " : "") + names;
  return make_rule(text, in, out);
}

std::vector<Alias> update_alias(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  std::vector<Alias> aliases{{0, 0, Alias::Kind::donate, 0}};
  const int results = static_cast<int>(out.size()), copy = attrs.has("copy");
  for (int i = 1; i < results - copy; ++i) aliases.push_back({i, i + 1, Alias::Kind::donate, 0});
  if (copy)
    aliases.push_back({results - 1, static_cast<int>(in.size()) - 1, Alias::Kind::donate, 0});
  return aliases;
}

}  // namespace tessera
