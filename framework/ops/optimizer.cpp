#include "framework/ops/optimizer.h"

namespace tessera {

std::vector<TensorType> infer_update(TypeSpan in, const Attrs& attrs, size_t buffers,
                                     TypeSpan scalars) {
  const bool copy = attrs.has("copy");
  if (copy)
    require(attrs.text("copy") == "bf16", "copy is \"bf16\", not \"{}\"", attrs.text("copy"));
  const size_t operands = 2 + buffers + scalars.size() + copy;
  require(in.size() == operands, "takes {} operands, not {}", operands, in.size());
  const TensorType& param = in[0];
  require(param.dtype == DType::f32, "the parameter is f32, not {}", param.dtype);
  require(in[1].shape == param.shape && (in[1].dtype == DType::f32 || in[1].dtype == DType::bf16),
          "the gradient of {} is {}", to_string(param), to_string(in[1]));
  std::vector<TensorType> out{param};
  for (size_t i = 2; i < 2 + buffers; ++i) {
    require(in[i] == param, "the optimizer state of {} is {}", to_string(param), to_string(in[i]));
    out.push_back(in[i]);
  }
  for (size_t i = 0; i < scalars.size(); ++i)
    require(in[2 + buffers + i] == scalars[i], "operand {} is {}, not {}", 2 + buffers + i,
            to_string(scalars[i]), to_string(in[2 + buffers + i]));
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
