#include "framework/ops/attention.h"

#include <cmath>

#include "framework/core/attention_operands.h"
#include "framework/core/part.h"
#include "framework/ops/shared/attention_composite.h"

namespace tessera {

void check_attention_operands(TypeSpan in, const Attrs& attrs, size_t masks) {
  const bool dropout = attrs.has("rate");
  const AttentionOperands at(attrs, masks);
  require(in.size() == at.count, "takes {} operands, not {}", at.count, in.size());
  for (size_t i = 0; i < 3; ++i)
    require(in[i].rank() == 4 && is_float(in[i].dtype) && in[i].dtype == in[0].dtype,
            "q, k and v must be floats of four dims and one dtype, not {}", in[i]);
  const Shape &q = in[0].shape, &k = in[1].shape;
  require(in[2].shape == k, "k {} and v {} differ in shape", in[1], in[2]);
  require(q[0] == k[0] && q[3] == k[3], "q {} and k {} differ in batch or head size", in[0], in[1]);
  require(q[2] % k[2] == 0, "{} query heads cannot share {} key/value heads evenly", q[2], k[2]);
  require(attrs.integer("window") >= 0, "the window must not be negative");
  require(!attrs.flag("documents") || q[1] == k[1],
          "a document mask needs as many keys as queries");
  const auto mask = [&](const char* name, int position, const Shape& shape) {
    if (position == AttentionOperands::kAbsent) return;
    const TensorType& type = in[static_cast<size_t>(position)];
    require(type == TensorType{DType::i32, shape}, "{} must be i32{}, not {}", name,
            to_string(shape), type);
  };
  mask("documents", at.documents, {q[0], q[1]});
  mask("lengths", at.lengths, {q[0]});
  if (at.offset != AttentionOperands::kAbsent) {
    const TensorType& type = in[static_cast<size_t>(at.offset)];
    require(type == TensorType{DType::i32, {}} || type == TensorType{DType::i32, {q[0]}},
            "offset must be i32[] or i32{}, not {}", to_string(Shape{q[0]}), type);
  }
  if (!dropout)
    return require(!attrs.flag("part") && !attrs.has("whole"), "only dropout has parts");
  require_part(attrs, {q[0], q[2], q[1], k[1]});
  const double rate = attrs.real("rate");
  require(rate >= 0 && rate < 1, "rate is in [0, 1), not {}", rate);
  attrs.integer("seed");
  attrs.text("stream");
  for (const int position : {at.step, at.part}) {
    if (position == AttentionOperands::kAbsent) continue;
    const TensorType& type = in[static_cast<size_t>(position)];
    require(is_integer(type.dtype) && type.rank() == 0,
            "the step count and the part are integers, not {}", type);
  }
}

AttentionRule attention_rule(TypeSpan in, const Attrs& attrs, size_t masks,
                             std::string_view share) {
  const AttentionOperands at(attrs, masks);
  // The mask of dropout depends on which heads of which samples are held.
  const bool dropout = attrs.has("rate");
  const std::string_view tag = dropout ? "~" : "";
  AttentionRule rule{fmt::format("b{} s! (g{} {}) d!", tag, tag, dropout ? "r!" : share),
                     "b t! g d!", ""};
  if (attrs.flag("documents")) rule.masks += ", b s!";
  if (attrs.flag("lengths")) rule.masks += ", b";
  if (attrs.flag("offset"))
    rule.masks += in[static_cast<size_t>(at.offset)].rank() == 1 ? ", b" : ",";
  const int scalars = dropout + attrs.flag("part");
  for (int i = 0; i < scalars; ++i) rule.masks += ",";
  return rule;
}

std::vector<Value> localize_attention(const LocalizeCall& call) {
  const auto &q = call.rule.inputs[0], &k = call.rule.inputs[1];
  return call.graph.add(call.op, call.inputs, call.with_part({q[0], q[2], q[1], k[1]}), call.name);
}

namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  check_attention_operands(in, attrs, 3);
  const Shape& q = in[0].shape;
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
  const auto [q, k, masks] = attention_rule(in, attrs, 3);
  return make_rule(fmt::format("{}, {}, {}{} -> {}, b (g r) s!", q, k, k, masks, q), in, out,
                   {{"g", in[1].shape[2]}, {"r", in[0].shape[2] / in[1].shape[2]}});
}

/// Two products of D multiply-adds per query and key; half of them under a causal mask.
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
                           .localize = localize_attention,
                           .composite = attention_composite,
                           .flops = flops,
                           .precision = Precision::low,
                           .low_operands = 0b111};

Value attention(Value q, Value k, Value v, const AttentionMask& mask, double scale,
                std::string_view name, const AttentionDropout& dropout) {
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
  if (dropout.rate > 0) {
    attrs.set("rate", dropout.rate);
    attrs.set("seed", dropout.seed);
    attrs.set("stream", dropout.stream);
    operands.push_back(dropout.step);
    add("part", dropout.part);
  }
  return ops::attention.all(operands, attrs, name)[0];
}

}  // namespace tessera
