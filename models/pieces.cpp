#include "models/pieces.h"

#include "framework/ops/linear.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

/// "attention.norm" of "layer.3.attention.norm": what is left to say inside the layer's scope.
std::string inside_layer(const std::string& name) {
  return name.starts_with("layer.") ? name.substr(name.find('.', 6) + 1) : name;
}

std::string last_of(const std::string& name) { return name.substr(name.rfind('.') + 1); }

Value reshape(Value x, Shape shape) { return ops::reshape(x, {{"shape", std::move(shape)}}); }

/// x (B, S, width) to heads (B, S, count, head_dim): weight [count, head_dim, width], of which
/// `own` heads are the model's.
Value heads_of(Parameters& p, const SelfAttention& a, const std::string& name, Value x,
               int64_t count, int64_t own) {
  const int64_t width = x.dim(-1);
  const Value w =
      p.normal(name + ".weight", {count, a.head_dim, width}, a.std, {own, a.head_dim, width});
  Value b;
  if (a.bias)
    b = reshape(p.zeros(name + ".bias", {count, a.head_dim}, {own, a.head_dim}),
                {count * a.head_dim});
  const Value y = linear(x, reshape(w, {count * a.head_dim, width}), b, last_of(name));
  return reshape(y, {x.dim(0), x.dim(1), count, a.head_dim});
}

/// All keys or values up to now, `now` being the newest, through the state of that name.
Value cached(Graph& graph, const std::string& state, const BlockContext& context, Value now,
             const std::string& name) {
  Value cache = graph.add_input(
      state, {now.dtype(), {now.dim(0), context.cache.positions, now.dim(2), now.dim(3)}},
      PortKind::state);
  if (context.cache.kept)
    cache = ops::update_slice(
        cache, ops::gather(cache, context.cache.kept, {{"dim", int64_t{1}}}, name + ".kept"),
        {{"dim", int64_t{1}}, {"start", int64_t{0}}}, name + ".shifted");
  const Value all =
      ops::update_slice(cache, now, context.cache.offset, {{"dim", int64_t{1}}}, name + ".cached");
  graph.add_output(state, all, PortKind::state);
  return all;
}

}  // namespace

Value dense(Parameters& p, const std::string& name, Value x, int64_t out, double std, bool bias) {
  const Value w = p.normal(name + ".weight", {out, x.dim(-1)}, std);
  const Value b = bias ? p.zeros(name + ".bias", {out}) : Value();
  return linear(x, w, b, last_of(name));
}

Value activate(Activation activation, Value up, Value gate) {
  switch (activation) {
    case Activation::gelu_tanh:
      return ops::gelu(up, {{"form", std::string("tanh")}});
    case Activation::gelu_erf:
      return ops::gelu(up, {{"form", std::string("erf")}});
    case Activation::relu:
      return ops::relu(up);
    case Activation::silu_gated:
      return gate ? ops::mul(ops::silu(gate), up, {}, "gated") : ops::silu(up);
  }
  internal_error("unknown activation");
}

Value normalize(Parameters& p, const Norm& norm, const std::string& name, Value x) {
  const int64_t width = x.dim(-1);
  const Value gain = p.ones(name + ".gain", {width});
  const std::string local = inside_layer(name);
  if (norm.kind == ModelConfig::Norm::rms)
    return ops::rms_norm.all({x, gain}, {{"eps", norm.eps}}, local)[0];
  const Value bias = norm.bias ? p.zeros(name + ".bias", {width})
                               : fill(p.graph(), 0, {DType::f32, {width}}, local + ".no_bias");
  return ops::layer_norm.all({x, gain, bias}, {{"eps", norm.eps}}, local)[0];
}

Value drop(const Dropout& dropout, const BlockContext& context, const std::string& name, Value x) {
  if (dropout.rate == 0 || !context.step) return x;
  std::vector<Value> operands{x, context.step};
  if (context.part) operands.push_back(context.part);
  return ops::dropout.all(
      operands,
      {{"rate", dropout.rate}, {"seed", static_cast<int64_t>(dropout.seed)}, {"stream", name}},
      inside_layer(name) + ".dropped")[0];
}

Value self_attention(Parameters& p, const SelfAttention& a, const std::string& name, Value x,
                     const BlockContext& context) {
  Scope scope(p.graph(), "attention");
  const int64_t heads = a.padded_heads(), kv_heads = a.padded_kv_heads(), width = x.dim(-1);
  Value q = heads_of(p, a, name + ".q", x, heads, a.heads),
        k = heads_of(p, a, name + ".k", x, kv_heads, a.kv_heads),
        v = heads_of(p, a, name + ".v", x, kv_heads, a.kv_heads);
  if (!a.rotary.empty()) {
    Attrs attrs = a.rotary;
    attrs.set("layout", std::string("half"));
    attrs.set("inverse", false);
    q = ops::rotary(q, context.positions, attrs, "q.rotated");
    k = ops::rotary(k, context.positions, attrs, "k.rotated");
  }
  AttentionMask mask = context.mask;
  mask.causal = a.causal && !context.cache.ring;
  mask.window = context.cache.ring ? 0 : a.window;
  if (context.cache.positions > 0) {
    const std::string cache = context.cache.prefix + name.substr(0, name.rfind('.'));
    k = cached(p.graph(), cache + ".k", context, k, "k");
    v = cached(p.graph(), cache + ".v", context, v, "v");
  }
  AttentionDropout dropout;
  if (a.dropout.rate > 0 && context.step)
    dropout = {a.dropout.rate, static_cast<int64_t>(a.dropout.seed), name + ".weights",
               context.step, context.part};
  const Value mixed = attention(q, k, v, mask, 0, "mixed", dropout);
  const Value w = p.normal(name + ".out.weight", {width, heads, a.head_dim}, a.out_std,
                           {width, a.heads, a.head_dim});
  const Value b = a.out_bias ? p.zeros(name + ".out.bias", {width}) : Value();
  return linear(reshape(mixed, {x.dim(0), x.dim(1), heads * a.head_dim}),
                reshape(w, {width, heads * a.head_dim}), b, "out");
}

Value mlp(Parameters& p, const Mlp& m, const std::string& name, Value x) {
  Scope scope(p.graph(), "mlp");
  const Value up = dense(p, name + ".up", x, m.inner, m.std, m.bias);
  Value gate;
  if (m.activation == Activation::silu_gated)
    gate = dense(p, name + ".gate", x, m.inner, m.std, m.bias);
  return dense(p, name + ".down", activate(m.activation, up, gate), x.dim(-1), m.out_std, m.bias);
}

Value residual(Parameters& p, const Residual& r, const std::string& name, Value x,
               const BlockContext& context, const std::function<Value(Value)>& f) {
  const std::string sum = inside_layer(name) + ".residual", norm = name + ".norm";
  if (r.norm_first) {
    const Value y = f(normalize(p, r.norm, norm, x));
    return ops::add(x, drop(r.dropout, context, name, y), {}, sum);
  }
  const Value y = f(x);
  return normalize(p, r.norm, norm, ops::add(x, drop(r.dropout, context, name, y), {}, sum));
}

}  // namespace tessera
