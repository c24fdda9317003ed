#include "models/transformer.h"

#include <cmath>

#include "framework/ops/linear.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

/// "attention.norm" of "layer.3.attention.norm": what is left to say inside the layer's scope.
std::string inside_layer(const std::string& name) {
  return name.starts_with("layer.") ? name.substr(name.find('.', 6) + 1) : name;
}

Value reshape(Value x, Shape shape) { return ops::reshape(x, {{"shape", std::move(shape)}}); }

/// x (B, S, hidden) to heads (B, S, count, head_dim): weight [count, head_dim, hidden], of which `own` heads are the model's.
Value heads_of(Parameters& p, const Transformer& t, const std::string& name, Value x, int64_t count,
               int64_t own) {
  const Value w = p.normal(name + ".weight", {count, t.head_dim, t.hidden}, t.init_std,
                           {own, t.head_dim, t.hidden});
  Value b;
  if (t.bias)
    b = reshape(p.zeros(name + ".bias", {count, t.head_dim}, {own, t.head_dim}),
                {count * t.head_dim});
  const Value y =
      linear(x, reshape(w, {count * t.head_dim, t.hidden}), b, name.substr(name.rfind('.') + 1));
  return reshape(y, {x.dim(0), x.dim(1), count, t.head_dim});
}

Value self_attention(Parameters& p, const Transformer& t, const std::string& at, Value x,
                     const BlockContext& context) {
  Scope scope(p.graph(), "attention");
  const int64_t heads = t.padded_heads(), kv_heads = t.padded_kv_heads();
  Value q = heads_of(p, t, at + ".q", x, heads, t.heads),
        k = heads_of(p, t, at + ".k", x, kv_heads, t.kv_heads),
        v = heads_of(p, t, at + ".v", x, kv_heads, t.kv_heads);
  if (t.rotary) {
    const Attrs attrs{{"base", t.rope_base}, {"layout", std::string("half")}, {"inverse", false}};
    q = ops::rotary(q, context.positions, attrs, "q.rotated");
    k = ops::rotary(k, context.positions, attrs, "k.rotated");
  }
  AttentionMask mask = context.mask;
  mask.causal = t.causal;
  mask.window = t.window;
  if (context.cache_length > 0) {
    const auto cached = [&](const char* which, Value now) {
      const std::string state = fmt::format("cache.{}.{}", at.substr(0, at.rfind('.')), which);
      const Value cache = p.graph().add_input(
          state, {now.dtype(), {x.dim(0), context.cache_length, kv_heads, t.head_dim}},
          PortKind::state);
      const Value all = ops::update_slice(cache, now, mask.offset, {{"dim", int64_t{1}}},
                                          std::string(which) + ".cached");
      p.graph().add_output(state, all, PortKind::state);
      return all;
    };
    k = cached("k", k);
    v = cached("v", v);
  }
  AttentionDropout dropout;
  if (t.attention_dropout > 0 && context.step)
    dropout = {t.attention_dropout, static_cast<int64_t>(t.seed), at + ".weights", context.step,
               context.part};
  const Value mixed = attention(q, k, v, mask, 0, "mixed", dropout);
  const double std =
      t.init_std / (t.norm_first ? std::sqrt(2.0 * static_cast<double>(t.layers)) : 1.0);
  const Value w = p.normal(at + ".out.weight", {t.hidden, heads, t.head_dim}, std,
                           {t.hidden, t.heads, t.head_dim});
  const Value b = t.bias ? p.zeros(at + ".out.bias", {t.hidden}) : Value();
  return linear(reshape(mixed, {x.dim(0), x.dim(1), heads * t.head_dim}),
                reshape(w, {t.hidden, heads * t.head_dim}), b, "out");
}

Value mlp(Parameters& p, const Transformer& t, const std::string& at, Value x) {
  Scope scope(p.graph(), "mlp");
  Value up = dense(p, t, at + ".up", x, t.mlp_hidden, t.init_std);
  switch (t.activation) {
    case Transformer::Activation::gelu_tanh:
      up = ops::gelu(up, {{"form", std::string("tanh")}});
      break;
    case Transformer::Activation::gelu_erf:
      up = ops::gelu(up, {{"form", std::string("erf")}});
      break;
    case Transformer::Activation::relu:
      up = ops::relu(up);
      break;
    case Transformer::Activation::silu_gated:
      up = ops::mul(ops::silu(dense(p, t, at + ".gate", x, t.mlp_hidden, t.init_std)), up, {},
                    "gated");
      break;
  }
  const double std =
      t.init_std / (t.norm_first ? std::sqrt(2.0 * static_cast<double>(t.layers)) : 1.0);
  return dense(p, t, at + ".down", up, t.hidden, std);
}

}  // namespace

Value normalize(Parameters& p, const Transformer& t, const std::string& name, Value x) {
  const Value gain = p.ones(name + ".gain", {t.hidden});
  const std::string local = inside_layer(name);
  if (t.norm == Transformer::Norm::rms)
    return ops::rms_norm.all({x, gain}, {{"eps", t.norm_eps}}, local)[0];
  const Value bias = t.bias ? p.zeros(name + ".bias", {t.hidden})
                            : fill(p.graph(), 0, {DType::f32, {t.hidden}}, local + ".no_bias");
  return ops::layer_norm.all({x, gain, bias}, {{"eps", t.norm_eps}}, local)[0];
}

Value dense(Parameters& p, const Transformer& t, const std::string& name, Value x, int64_t out,
            double std) {
  const Value w = p.normal(name + ".weight", {out, x.dim(-1)}, std);
  const Value b = t.bias ? p.zeros(name + ".bias", {out}) : Value();
  return linear(x, w, b, name.substr(name.rfind('.') + 1));
}

Value drop(const Transformer& t, const BlockContext& context, const std::string& name, Value x) {
  if (t.dropout == 0 || !context.step) return x;
  std::vector<Value> operands{x, context.step};
  if (context.part) operands.push_back(context.part);
  return ops::dropout.all(
      operands, {{"rate", t.dropout}, {"seed", static_cast<int64_t>(t.seed)}, {"stream", name}},
      inside_layer(name) + ".dropped")[0];
}

Value block(Parameters& p, const Transformer& t, int64_t index, Value x,
            const BlockContext& context) {
  const std::string at = fmt::format("layer.{}", index);
  Scope scope(p.graph(), at);
  const std::string attention_name = at + ".attention", mlp_name = at + ".mlp";
  if (t.norm_first) {
    const Value a =
        self_attention(p, t, attention_name, normalize(p, t, attention_name + ".norm", x), context);
    x = ops::add(x, drop(t, context, attention_name, a), {}, "attention.residual");
    const Value m = mlp(p, t, mlp_name, normalize(p, t, mlp_name + ".norm", x));
    return ops::add(x, drop(t, context, mlp_name, m), {}, "mlp.residual");
  }
  const Value a = self_attention(p, t, attention_name, x, context);
  x = normalize(p, t, attention_name + ".norm",
                ops::add(x, drop(t, context, attention_name, a), {}, "attention.residual"));
  const Value m = mlp(p, t, mlp_name, x);
  return normalize(p, t, mlp_name + ".norm",
                   ops::add(x, drop(t, context, mlp_name, m), {}, "mlp.residual"));
}

}  // namespace tessera
