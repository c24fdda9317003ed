#include "framework/ops/shared/optimizer.h"

#include "framework/core/update_operands.h"

namespace tessera {

std::vector<TensorType> infer_update(TypeSpan in, const Attrs& attrs) {
  const UpdateOperands at(attrs);
  require(!at.copy || attrs.text("copy") == "bf16", "copy is \"bf16\", not \"{}\"",
          at.copy ? attrs.text("copy") : "");
  require(in.size() == at.count, "takes {} operands, not {}", at.count, in.size());
  const TensorType &param = in[at.parameter], &gradient = in[at.gradient];
  require(param.dtype == DType::f32 || param.dtype == DType::f64, "the parameter is f32, not {}",
          param.dtype);
  require(gradient.shape == param.shape && is_float(gradient.dtype), "the gradient of {} is {}",
          param, gradient);
  std::vector<TensorType> out{param};
  for (size_t i = 0; i < at.buffers; ++i) {
    const TensorType& buffer = in[at.first_buffer + i];
    if (buffer != param) user_error("the optimizer state of {} is {}", param, buffer);
    out.push_back(buffer);
  }
  for (size_t i : {at.learning_rate, at.clip_scale})
    require(in[i] == TensorType{param.dtype, {}}, "{} is {}[], not {}",
            i == at.learning_rate ? "lr" : "clip_scale", param.dtype, in[i]);
  if (at.number)
    require(is_integer(in[*at.number].dtype) && in[*at.number].rank() == 0,
            "the update's number is an integer, not {}", in[*at.number]);
  require(in[at.apply] == TensorType{DType::boolean, {}}, "apply is bool[], not {}", in[at.apply]);
  if (at.copy) {
    const TensorType wanted{DType::bf16, param.shape};
    require(in[*at.copy] == wanted, "the copy of {} is {}", param, in[*at.copy]);
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

std::vector<Alias> update_alias(TypeSpan, TypeSpan, const Attrs& attrs) {
  const UpdateOperands at(attrs);
  std::vector<Alias> aliases;
  const auto donate = [&](size_t result, size_t operand) {
    aliases.push_back(
        {static_cast<int>(result), static_cast<int>(operand), Alias::Kind::donate, 0});
  };
  donate(0, at.parameter);
  for (size_t i = 0; i < at.buffers; ++i) donate(at.first_result + i, at.first_buffer + i);
  if (at.copy) donate(*at.copy_result, *at.copy);
  return aliases;
}

}  // namespace tessera
