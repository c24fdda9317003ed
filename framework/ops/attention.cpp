#include "framework/ops/attention.h"

#include <cmath>

#include "framework/ops/attention_composite.h"

namespace tessera {

void check_attention_operands(TypeSpan in, const Attrs& attrs) {
  for (size_t i = 0; i < 3; ++i)
    require(in[i].rank() == 4 && is_float(in[i].dtype) && in[i].dtype == in[0].dtype,
            "q, k and v must be floats of four dims and one dtype, not {}", to_string(in[i]));
  const Shape &q = in[0].shape, &k = in[1].shape;
  require(in[2].shape == k, "k {} and v {} differ in shape", to_string(in[1]), to_string(in[2]));
  require(q[0] == k[0] && q[3] == k[3], "q {} and k {} differ in batch or head size",
          to_string(in[0]), to_string(in[1]));
  require(q[2] % k[2] == 0, "{} query heads cannot share {} key/value heads evenly", q[2], k[2]);
  require(attrs.integer("window") >= 0, "the window must not be negative");
  if (attrs.flag("documents"))
    require(q[1] == k[1], "a document mask needs as many keys as queries");
}

namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const size_t masks = attrs.flag("documents") + attrs.flag("lengths") + attrs.flag("offset");
  require(in.size() == 3 + masks, "takes {} operands, not {}", 3 + masks, in.size());
  check_attention_operands(in, attrs);
  const Shape& q = in[0].shape;
  size_t at = 3;
  const auto mask = [&](const char* name, const Shape& shape) {
    if (!attrs.flag(name)) return;
    require(in[at] == TensorType{DType::i32, shape}, "{} must be i32{}, not {}", name,
            to_string(shape), to_string(in[at]));
    ++at;
  };
  mask("documents", {q[0], q[1]});
  mask("lengths", {q[0]});
  mask("offset", {});
  return {in[0], {in[0].dtype == DType::f64 ? DType::f64 : DType::f32, {q[0], q[2], q[1]}}};
}

std::vector<Value> grad(const GradCall& call) {
  check(!call.cotangents[1], "attention: the log-sum-exp result is not differentiated");
  std::vector<Value> operands{call.inputs[0],  call.inputs[1],  call.inputs[2],
                              call.outputs[0], call.outputs[1], call.cotangents[0]};
  operands.insert(operands.end(), call.inputs.begin() + 3, call.inputs.end());
  std::vector<Value> out = ops::attention_grad.all(operands, call.attrs, "attention");
  out.resize(call.inputs.size());
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t groups = in[1].shape[2];
  std::string text = "b s! (g r) d!, b t! g d!, b t! g d!";
  if (attrs.flag("documents")) text += ", b s!";
  if (attrs.flag("lengths")) text += ", b";
  if (attrs.flag("offset")) text += ",";
  return make_rule(text + " -> b s! (g r) d!, b (g r) s!", in, out,
                   {{"g", groups}, {"r", in[0].shape[2] / groups}});
}

/// Two products of D multiply-adds per query and key; half of that under a causal mask.
double flops(TypeSpan in, TypeSpan, const Attrs& attrs) {
  const Shape &q = in[0].shape, &k = in[1].shape;
  return 4.0 * static_cast<double>(q[0] * q[2] * q[3]) * visible_pairs(q[1], k[1], attrs);
}

}  // namespace

double visible_pairs(int64_t queries, int64_t keys, const Attrs& attrs) {
  const int64_t window = attrs.integer("window");
  const bool causal = attrs.flag("causal");
  if ((!causal && window == 0) || queries != keys) return static_cast<double>(queries * keys);
  double pairs = 0;
  for (int64_t i = 0; i < queries; ++i) {
    const int64_t last = causal ? i + 1 : window > 0 ? std::min(keys, i + window) : keys;
    const int64_t first = window > 0 ? std::max<int64_t>(0, i - window + 1) : 0;
    pairs += static_cast<double>(last - first);
  }
  return pairs;
}

const OpDef ops::attention{.name = "attention",
                           .infer = infer,
                           .grad = grad,
                           .rule = rule,
                           .composite = attention_composite,
                           .flops = flops,
                           .precision = Precision::low,
                           .low_operands = 0b111};

Value attention(Value q, Value k, Value v, const AttentionMask& mask, double scale,
                std::string_view name) {
  Attrs attrs{{"causal", mask.causal},
              {"window", mask.window},
              {"scale", scale > 0 ? scale : 1.0 / std::sqrt(static_cast<double>(q.dim(3)))}};
  std::vector<Value> operands{q, k, v};
  const auto add = [&](const char* flag, Value operand) {
    attrs.set(flag, static_cast<bool>(operand));
    if (operand) operands.push_back(operand);
  };
  add("documents", mask.documents);
  add("lengths", mask.lengths);
  add("offset", mask.offset);
  return ops::attention.all(operands, attrs, name)[0];
}

}  // namespace tessera
