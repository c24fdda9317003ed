// Operands: x (.., K), weight (N, K) — or (K, N) with trans_w = false —, then bias (N) if
// `bias`, residual (.., N) if `residual`. `activation` names a DenseActivation, or one that a
// backend knows besides. With `save_preactivation` a second result holds x · W + bias, which the
// gradient of the activation reads. `to`: dtype of the results.
#include "framework/ops/linear.h"

#include "framework/core/dense_activation.h"
#include "framework/core/dense_operands.h"
#include "framework/graph/localize.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

bool transposed(const Attrs& attrs) { return !attrs.has("trans_w") || attrs.get<bool>("trans_w"); }

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const LinearOperands at(attrs);
  require(in.size() == at.count, "takes {} operands, not {}", at.count, in.size());
  require(in[0].rank() >= 1 && in[1].rank() == 2,
          "takes x (.., K) and a weight of two dims, not {} and {}", in[0], in[1]);
  require(in[0].dtype == in[1].dtype && is_float(in[0].dtype),
          "x and weight must have one float dtype, not {} and {}", in[0].dtype, in[1].dtype);
  const int64_t n = in[1].shape[transposed(attrs) ? 0 : 1],
                k = in[1].shape[transposed(attrs) ? 1 : 0];
  require(in[0].shape.back() == k, "x has {} features, the weight takes {}", in[0].shape.back(), k);
  std::vector<TensorType> results(1 + attrs.flag("save_preactivation"), in[0]);
  for (TensorType& out : results) {
    if (attrs.has("to")) out.dtype = parse_dtype(attrs.text("to"));
    out.shape.back() = n;
  }
  const TensorType& out = results[0];
  if (at.bias)
    require(in[*at.bias].rank() == 1 && in[*at.bias].shape[0] == n,
            "the bias is {}, not of {} features", in[*at.bias], n);
  if (at.residual)
    require(in[*at.residual].shape == out.shape, "the residual is {}, not {}", in[*at.residual],
            out);
  return results;
}

/// Whether nothing follows the product but a bias.
bool is_plain(const Attrs& attrs) {
  return !attrs.flag("residual") &&
         (!attrs.has("activation") || attrs.text("activation") == "none");
}

std::vector<Value> grad(const GradCall& call) {
  check(is_plain(call.attrs),
        "linear is differentiated before its activation and residual are fused into it");
  const Value x = call.inputs[0], w = call.inputs[1], dy = call.cotangents[0];
  const int64_t k = x.dim(-1), n = dy.dim(-1), rows = x.type().numel() / k;
  const Value flat_x = ops::reshape(x, {{"shape", Shape{rows, k}}}),
              flat_dy = ops::reshape(dy, {{"shape", Shape{rows, n}}});
  const bool t = transposed(call.attrs);
  std::vector<Value> out{
      ops::reshape(ops::matmul(flat_dy, w, {{"trans_b", !t}}, "dx"), {{"shape", x.shape()}}),
      t ? ops::matmul(flat_dy, flat_x, {{"trans_a", true}}, "dw")
        : ops::matmul(flat_x, flat_dy, {{"trans_a", true}}, "dw")};
  if (call.attrs.flag("bias"))
    out.push_back(ops::sum(flat_dy, {{"dims", std::vector<int64_t>{0}}, {"keep", false}}, "db"));
  return out;
}

Value activated(Value x, DenseActivation activation) {
  switch (activation) {
    case DenseActivation::none:
      return x;
    case DenseActivation::gelu_tanh:
      return ops::gelu(x, {{"form", std::string("tanh")}});
    case DenseActivation::gelu_erf:
      return ops::gelu(x, {{"form", std::string("erf")}});
    case DenseActivation::relu:
      return ops::relu(x);
    case DenseActivation::silu:
      return ops::silu(x);
  }
  internal_error("unknown activation");
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const std::string to = attrs.has("to") ? attrs.text("to") : std::string(to_string(in[0].dtype()));
  const int64_t k = in[0].dim(-1), rows = in[0].type().numel() / k;
  const auto cast = [&](Value v) {
    return to_string(v.dtype()) == to ? v : ops::cast(v, {{"to", to}});
  };
  Shape shape = in[0].shape();
  shape.back() = in[1].dim(transposed(attrs) ? 0 : 1);
  Value pre = ops::matmul(ops::reshape(in[0], {{"shape", Shape{rows, k}}}), in[1],
                          {{"trans_b", transposed(attrs)}, {"to", to}});
  const LinearOperands at(attrs);
  if (at.bias) pre = pre + cast(in[*at.bias]);
  pre = ops::reshape(pre, {{"shape", shape}});
  Value y = activated(pre, dense_activation(attrs));
  if (at.residual) y = y + cast(in[*at.residual]);
  return attrs.flag("save_preactivation") ? std::vector<Value>{y, pre} : std::vector<Value>{y};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const std::string rows = index_names(in[0].rank() - 1), result = rows + " n";
  // An activation or a residual cannot be applied to partial sums, so with one of them the
  // contracted index stays whole. A bias is added to one of the partial sums.
  const std::string k = !is_plain(attrs) ? "k!" : attrs.flag("bias") ? "k~" : "k";
  std::string text = rows + " " + k + ", " + (transposed(attrs) ? "n " + k : k + " n");
  if (attrs.flag("bias")) text += ", n";
  if (attrs.flag("residual")) text += ", " + result;
  text += " -> " + result;
  if (out.size() == 2) text += ", " + result;
  return make_rule(text, in, out);
}

std::vector<Value> localize(const LocalizeCall& call) {
  std::vector<Value> in(call.inputs.begin(), call.inputs.end());
  if (const LinearOperands at(call.attrs); at.bias && call.is_split("k"))
    in[*at.bias] = ops::first_only(in[*at.bias], {{"place", call.place({call.index("k")})}},
                                   call.name + ".bias");
  return call.graph.add(ops::linear, in, call.attrs, call.name);
}

double flops(TypeSpan in, TypeSpan out, const Attrs&) {
  return 2.0 * static_cast<double>(out[0].numel()) * static_cast<double>(in[0].shape.back());
}

}  // namespace

const OpDef ops::linear{.name = "linear",
                        .infer = infer,
                        .grad = grad,
                        .rule = rule,
                        .localize = localize,
                        .composite = composite,
                        .flops = flops,
                        .precision = Precision::low,
                        .low_operands = 0b11,
                        .takes_to = true};

Value linear(Value x, Value weight, Value bias, std::string_view name) {
  const Attrs attrs{
      {"trans_w", true}, {"bias", static_cast<bool>(bias)}, {"activation", std::string("none")}};
  return bias ? ops::linear(x, weight, bias, attrs, name) : ops::linear(x, weight, attrs, name);
}

}  // namespace tessera
