#include "models/gpt.h"

#include "framework/ops/head_loss.h"
#include "framework/ops/linear.h"

namespace tessera {
namespace {

Value head_weight(Parameters& p, const Gpt& gpt) {
  const Transformer& t = gpt.transformer;
  return p.normal(gpt.tied_head ? "tokens" : "head.weight", {t.vocab, t.hidden}, t.init_std);
}

}  // namespace

Value gpt_trunk(Parameters& p, const Gpt& gpt, Value tokens, const BlockContext& context) {
  const Transformer& t = gpt.transformer;
  Value x =
      ops::embedding(tokens, p.normal("tokens", {t.vocab, t.hidden}, t.init_std), {}, "embedded");
  if (!t.rotary) {
    const Value table = p.normal("positions", {t.context, t.hidden}, t.init_std);
    x = ops::add(x, ops::embedding(context.positions, table, {}, "position"), {}, "placed");
  }
  x = drop(t.dropout_piece(), context, "embedding", x);
  for (int64_t i = 0; i < t.layers; ++i) x = block(p, t, i, x, context);
  return normalize(p, t.norm_piece(), "final_norm", x);
}

std::vector<Parameter> build_gpt(Graph& graph, const Gpt& gpt, int64_t batch, int64_t length,
                                 bool training, bool part) {
  Scope scope(graph, "gpt");
  Parameters p(graph);
  const TensorType ids{DType::i32, {batch, length}};
  const Value tokens = graph.add_input("tokens_in", ids, PortKind::data);
  const Value labels = graph.add_input("labels", ids, PortKind::data);
  const Value weights = graph.add_input("weights", {DType::f32, {batch, length}}, PortKind::data);
  const Value count = graph.add_input("count", {DType::f32, {}}, PortKind::data);
  BlockContext context;
  context.positions = graph.add_input("positions_in", ids, PortKind::data);
  if (gpt.packed) context.mask.documents = graph.add_input("documents", ids, PortKind::data);
  if (training && gpt.transformer.drops()) {
    context.step = graph.add_input("step", {DType::i64, {}}, PortKind::state);
    if (part) context.part = graph.add_input("part", {DType::i64, {}}, PortKind::state);
  }
  const Value x = gpt_trunk(p, gpt, tokens, context);
  const Shape rows{batch * length};
  const Value share = ops::div(ops::reshape(weights, {{"shape", rows}}), count, {}, "share");
  const Value loss =
      head_loss(ops::reshape(x, {{"shape", Shape{batch * length, gpt.transformer.hidden}}}),
                head_weight(p, gpt), {}, ops::reshape(labels, {{"shape", rows}}), share, "loss");
  graph.add_output("loss", loss);
  return p.list();
}

std::vector<Parameter> build_gpt_generation(Graph& graph, const Gpt& gpt, int64_t batch,
                                            int64_t length, int64_t cache_length) {
  Scope scope(graph, "gpt");
  Parameters p(graph);
  const Transformer& t = gpt.transformer;
  const Value tokens = graph.add_input("tokens_in", {DType::i32, {batch, length}}, PortKind::data);
  const Value last = graph.add_input("last", {DType::i32, {}}, PortKind::data);
  BlockContext context;
  context.cache_length = cache_length;
  context.mask.offset = graph.add_input("offset", {DType::i32, {}}, PortKind::data);
  const Value from_zero = graph.add1(
      ops::iota, {},
      {{"dim", int64_t{1}}, {"dtype", std::string("i32")}, {"shape", Shape{batch, length}}},
      "place");
  // Padding behind the prompt may reach past the last position the model knows; nothing reads its
  // result.
  context.positions =
      ops::minimum(ops::add(from_zero, context.mask.offset, {}, "place_in_text"),
                   scalar_like(from_zero, static_cast<double>(t.context - 1)), {}, "position_ids");
  const Value x = gpt_trunk(p, gpt, tokens, context);
  const Value picked = ops::gather(x, ops::reshape(last, {{"shape", Shape{1}}}),
                                   {{"dim", int64_t{1}}}, "picked");  // (B, 1, hidden)
  const Value logits = linear(ops::reshape(picked, {{"shape", Shape{batch, t.hidden}}}),
                              head_weight(p, gpt), {}, "logits");
  graph.add_output("logits", logits);
  return p.list();
}

}  // namespace tessera
