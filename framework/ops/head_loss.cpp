#include "framework/ops/head_loss.h"

#include "framework/core/dense_operands.h"
#include "framework/ops/linear.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {

std::vector<Value> add_split_head(const LocalizeCall& call) {
  const int classes = call.index("v");
  const auto& axes = call.split[static_cast<size_t>(classes)];
  require(axes.size() == 1, "'{}': the vocabulary can be split along one mesh axis, not {}",
          call.name, axes.size());
  Attrs attrs = call.with_part({{classes}});
  attrs.set("axis", call.mesh.name(axes[0]));
  attrs.set("ranks", call.mesh.size(axes[0]));
  return call.graph.add(call.op, call.inputs, attrs, call.name);
}

namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const HeadOperands at(attrs);
  require(in.size() == at.count, "takes {} operands, not {}", at.count, in.size());
  require(in[0].rank() == 2 && in[1].rank() == 2 && in[0].shape[1] == in[1].shape[1] &&
              in[0].dtype == in[1].dtype,
          "x {} and weight {} must be (N, D) and (V, D) of one dtype", in[0], in[1]);
  const Shape rows{in[0].shape[0]};
  if (at.bias) require(in[*at.bias].shape == Shape{in[1].shape[0]}, "the bias is {}", in[*at.bias]);
  require(in[at.labels] == TensorType{DType::i32, rows}, "labels must be i32{}, not {}",
          to_string(rows), in[at.labels]);
  require(in[at.weights].shape == rows, "weights must be f32{}, not {}", to_string(rows),
          in[at.weights]);
  std::vector<TensorType> out{{in[at.weights].dtype, {}}};
  if (attrs.flag("predict")) out.push_back({DType::i32, rows});
  return out;
}

std::vector<Value> grad(const GradCall& call) {
  std::vector<Value> operands(call.inputs.begin(), call.inputs.end());
  operands.push_back(call.cotangents[0]);
  std::vector<Value> out =
      ops::head_loss_grad.all(operands, {{"bias", call.attrs.flag("bias")}}, "head");
  out.resize(call.inputs.size());  // labels and weights need no cotangent
  return out;
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const HeadOperands at(attrs);
  const Value logits = linear(in[0], in[1], at.bias ? in[*at.bias] : Value(), "logits");
  const Value losses = ops::cross_entropy.all({logits, in[at.labels], in[at.weights]},
                                              {{"label_smoothing", 0.0}}, "losses")[0];
  std::vector<Value> out{ops::sum(losses, {{"dims", Shape{0}}, {"keep", false}})};
  if (attrs.flag("predict")) out.push_back(ops::argmax(logits, {{"dim", int64_t{1}}}, "classes"));
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return make_rule(fmt::format("n d!, v~ d!{}, n, n ->{}", attrs.flag("bias") ? ", v~" : "",
                               attrs.flag("predict") ? ", n" : ""),
                   in, out);
}

/// The classes are split: `chunk` exchanges what the loss needs of the other parts along `axis`.
std::vector<Value> localize(const LocalizeCall& call) { return add_split_head(call); }

double flops(TypeSpan in, TypeSpan, const Attrs&) {
  return 2.0 * static_cast<double>(in[0].numel()) * static_cast<double>(in[1].shape[0]);
}

}  // namespace

const OpDef ops::head_loss{.name = "head_loss",
                           .infer = infer,
                           .grad = grad,
                           .rule = rule,
                           .localize = localize,
                           .reduces_parts = true,
                           .composite = composite,
                           .flops = flops,
                           .precision = Precision::low,
                           .low_operands = 0b11};

namespace {

std::vector<Value> add_head(Value x, Value weight, Value bias, Value labels, Value weights,
                            std::string_view name, bool predict) {
  Attrs attrs{{"bias", static_cast<bool>(bias)}};
  if (predict) attrs.set("predict", true);
  std::vector<Value> operands{x, weight};
  if (bias) operands.push_back(bias);
  operands.insert(operands.end(), {labels, weights});
  return ops::head_loss.all(operands, attrs, name);
}

}  // namespace

Value head_loss(Value x, Value weight, Value bias, Value labels, Value weights,
                std::string_view name) {
  return add_head(x, weight, bias, labels, weights, name, false)[0];
}

Prediction head_prediction(Value x, Value weight, Value bias, Value labels, Value weights,
                           std::string_view name) {
  const auto out = add_head(x, weight, bias, labels, weights, name, true);
  return {out[0], out[1]};
}

}  // namespace tessera
