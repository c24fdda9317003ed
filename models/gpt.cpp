#include "models/gpt.h"

#include "framework/ops/head_loss.h"
#include "framework/ops/linear.h"

namespace tessera {
namespace {

Value head_weight(Parameters& p, const Gpt& gpt) {
  const Transformer& t = gpt.transformer;
  return p.normal(gpt.tied_head ? "tokens" : "head.weight", t.token_rows(), t.init_std,
                  t.own_token_rows());
}

}  // namespace

Value gpt_trunk(Parameters& p, const Gpt& gpt, Value tokens, const BlockContext& context) {
  const Transformer& t = gpt.transformer;
  Value x = ops::embedding(
      tokens, p.normal("tokens", t.token_rows(), t.init_std, t.own_token_rows()), {}, "embedded");
  if (t.rotary.empty()) {
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

std::vector<Parameter> build_gpt_generation(Graph& graph, const Gpt& gpt,
                                            const GenerationUse& use) {
  using Part = GenerationUse::Part;
  Scope scope(graph, "gpt");
  Parameters p(graph);
  const int64_t hidden = gpt.transformer.hidden;
  const auto data = [&](const char* name, DType dtype, Shape shape) {
    return graph.add_input(name, {dtype, std::move(shape)}, PortKind::data);
  };
  const auto add_logits = [&](Value x) {
    // f32 even where the products are of bf16: many likelihoods would be equal after rounding.
    graph.add_output("logits", ops::linear(x, head_weight(p, gpt),
                                           {{"trans_w", true},
                                            {"bias", false},
                                            {"activation", std::string("none")},
                                            {"to", std::string("f32")}},
                                           "logits"));
    return p.list();
  };
  if (use.part == Part::head) return add_logits(data("hidden_in", DType::f32, {1, hidden}));

  const bool decodes = use.part == Part::decode;
  const Shape tokens{decodes ? use.rows : 1, decodes ? 1 : use.length};
  const Value tokens_in = data("tokens_in", DType::i32, tokens);
  BlockContext context;
  context.positions = data("positions_in", DType::i32, tokens);
  context.cache = {.prefix = decodes && !use.in_place ? "cache." : "cache.prompt.",
                   .positions = use.cache,
                   .offset = data("offset", DType::i32, decodes ? Shape{use.rows} : Shape{})};
  if (decodes && use.latest) {
    // A ring holds what the window lets a query see and nothing else.
    context.cache.ring = true;
    context.mask.lengths = data("lengths", DType::i32, {use.rows});
  } else {
    context.mask.offset = context.cache.offset;
    if (use.latest) context.cache.kept = data("kept", DType::i32, {use.cache});
  }
  const Value last = decodes ? Value() : data("last", DType::i32, {});
  const Value x = gpt_trunk(p, gpt, tokens_in, context);
  if (decodes) return add_logits(ops::reshape(x, {{"shape", Shape{use.rows, hidden}}}));
  const Value picked = ops::gather(x, ops::reshape(last, {{"shape", Shape{1}}}),
                                   {{"dim", int64_t{1}}}, "picked");  // (1, 1, hidden)
  graph.add_output("hidden", ops::reshape(picked, {{"shape", Shape{1, hidden}}}));
  return p.list();
}

}  // namespace tessera
