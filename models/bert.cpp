#include "models/bert.h"

#include "framework/core/error.h"
#include "framework/ops/head_loss.h"
#include "framework/ops/linear.h"

namespace tessera {
namespace {

Value reshape(Value x, Shape shape) { return ops::reshape(x, {{"shape", std::move(shape)}}); }

/// The encoder's result at the masked positions, (B·P, hidden).
Value pick(Value x, Value masked_positions) {
  const Value masked =
      ops::gather(x, masked_positions, {{"dim", int64_t{1}}, {"batch", int64_t{1}}}, "masked");
  return reshape(masked, {x.dim(0) * masked_positions.dim(1), x.dim(2)});
}

/// The first token's result through the pooler, (B, hidden).
Value pool(Parameters& p, const Bert& bert, Value x) {
  const Transformer& t = bert.transformer;
  const int64_t batch = x.dim(0);
  const Value first = reshape(
      ops::slice(x, {{"starts", Shape{0, 0, 0}}, {"limits", Shape{batch, 1, t.hidden}}}, "first"),
      {batch, t.hidden});
  return bert_pooler(p, t, bert.pooler_activation, first);
}

}  // namespace

Value bert_pooler(Parameters& p, const Transformer& t, PoolerActivation activation, Value first) {
  const Value turned = dense(p, "pooler", first, t.hidden, t.init_std, t.bias);
  return activation == PoolerActivation::relu ? ops::relu(turned, {}, "pooled")
                                              : ops::tanh(turned, {}, "pooled");
}

Value bert_encoder(Parameters& p, const Bert& bert, const BlockContext& context, int64_t batch,
                   int64_t length) {
  const Transformer& t = bert.transformer;
  Graph& graph = p.graph();
  const TensorType ids{DType::i32, {batch, length}};
  const Value tokens = graph.add_input("tokens_in", ids, PortKind::data);
  Value x = ops::embedding(
      tokens, p.normal("tokens", t.token_rows(), t.init_std, t.own_token_rows()), {}, "embedded");
  const int64_t first = bert.first_position;
  const Value places = p.normal("positions", {first + t.context, t.hidden}, t.init_std);
  x = ops::add(
      x,
      ops::slice(places, {{"starts", Shape{first, 0}}, {"limits", Shape{first + length, t.hidden}}},
                 "position"),
      {}, "placed");
  if (bert.segments > 0) {
    const Value segments = graph.add_input("segments_in", ids, PortKind::data);
    const Value table = p.normal("segments", {bert.segments, t.hidden}, t.init_std);
    x = ops::add(x, ops::embedding(segments, table, {}, "segment"), {}, "summed");
  }
  x = drop(t.dropout_piece(), context, "embedding",
           normalize(p, t.norm_piece(), "embedding_norm", x));
  for (int64_t i = 0; i < t.layers; ++i) x = block(p, t, i, x, context);
  return x;
}

std::vector<Parameter> build_bert(Graph& graph, const Bert& bert, int64_t batch, int64_t length,
                                  int64_t masked, bool training, bool part) {
  Scope scope(graph, "bert");
  Parameters p(graph);
  const Transformer& t = bert.transformer;
  BlockContext context;
  context.mask.lengths = graph.add_input("lengths", {DType::i32, {batch}}, PortKind::data);
  if (training && t.drops()) {
    context.step = graph.add_input("step", {DType::i64, {}}, PortKind::state);
    if (part) context.part = graph.add_input("part", {DType::i64, {}}, PortKind::state);
  }
  const Value x = bert_encoder(p, bert, context, batch, length);
  require(bert.masked_head || !training,
          "this model has no head to train (model.masked_head is false)");
  if (!bert.masked_head) {
    graph.add_output("hidden", x);
    if (bert.pooler) graph.add_output("pooled", pool(p, bert, x));
    return p.list();
  }

  const TensorType places{DType::i32, {batch, masked}};
  const Value positions = graph.add_input("masked_positions", places, PortKind::data);
  const Value labels = graph.add_input("labels", places, PortKind::data);
  const Value weights = graph.add_input("weights", {DType::f32, {batch, masked}}, PortKind::data);
  const Value count = graph.add_input("count", {DType::f32, {}}, PortKind::data);
  const Shape rows{batch * masked};
  const Value share = ops::div(reshape(weights, rows), count, {}, "share");
  Value m = activate(t.activation,
                     dense(p, "mlm.transform", pick(x, positions), t.hidden, t.init_std, t.bias));
  m = normalize(p, t.norm_piece(), "mlm.norm", m);
  const Value decoder = p.normal("tokens", t.token_rows(), t.init_std, t.own_token_rows()),
              bias = t.bias ? p.zeros("mlm.bias", {t.vocab}) : Value();
  Prediction head;
  if (training)
    head.loss = head_loss(m, decoder, bias, reshape(labels, rows), share, "masked_loss");
  else
    head = head_prediction(m, decoder, bias, reshape(labels, rows), share, "masked_loss");
  const Value masked_loss = head.loss;
  graph.add_output("masked_loss", masked_loss);
  if (!training) graph.add_output("predicted", head.classes);

  Value loss = masked_loss;
  if (bert.next_sentence) {
    const Value target = graph.add_input("next_sentence", {DType::i32, {batch}}, PortKind::data);
    const Value sequences = graph.add_input("sequences", {DType::f32, {}}, PortKind::data);
    const Value logits = dense(p, "next_sentence", pool(p, bert, x), 2, t.init_std, t.bias);
    const Value real = graph.add_input("next_weights", {DType::f32, {batch}}, PortKind::data);
    const Value each = ops::div(real, sequences, {}, "sentence_share");
    const Value losses = ops::cross_entropy.all({logits, target, each}, {{"label_smoothing", 0.0}},
                                                "next_sentence")[0];
    const Value sentence_loss =
        ops::sum(losses, {{"dims", Shape{0}}, {"keep", false}}, "next_sentence_loss");
    graph.add_output("next_sentence_loss", sentence_loss);
    loss = ops::add(masked_loss, sentence_loss, {}, "loss");
  }
  graph.add_output("loss", loss);
  return p.list();
}

}  // namespace tessera
