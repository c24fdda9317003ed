#include "models/classifier.h"

#include "framework/core/error.h"
#include "framework/ops/iota.h"
#include "framework/ops/linear.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

using Pooling = TaskConfig::Pooling;

Value reshape(Value x, Shape shape) { return ops::reshape(x, {{"shape", std::move(shape)}}); }

/// The first token of each sequence, (B, hidden).
Value first_token(Value x) {
  const int64_t batch = x.dim(0), hidden = x.dim(2);
  return reshape(
      ops::slice(x, {{"starts", Shape{0, 0, 0}}, {"limits", Shape{batch, 1, hidden}}}, "first"),
      {batch, hidden});
}

/// The token before the padding of each sequence, (B, hidden).
Value last_token(Value x, Value lengths) {
  const int64_t batch = x.dim(0), hidden = x.dim(2);
  const Value place = ops::sub(lengths, scalar_like(lengths, 1.0), {}, "last_place");
  return reshape(ops::gather(x, reshape(place, {batch, 1}),
                             {{"dim", int64_t{1}}, {"batch", int64_t{1}}}, "last"),
                 {batch, hidden});
}

/// The mean over the tokens before the padding, (B, hidden).
Value mean_token(Graph& graph, Value x, Value lengths) {
  const int64_t batch = x.dim(0), length = x.dim(1);
  const Value place = iota(graph, {DType::i32, {batch, length}}, 1, "place");
  const Value real = ops::cast(ops::less(place, reshape(lengths, {batch, 1}), {}, "is_real"),
                               {{"to", std::string("f32")}}, "real");
  const Value count = ops::cast(lengths, {{"to", std::string("f32")}}, "tokens");
  const Value share = ops::div(real, reshape(count, {batch, 1}), {}, "token_share");
  return ops::sum(ops::mul(x, reshape(share, {batch, length, 1}), {}, "shared"),
                  {{"dims", Shape{1}}, {"keep", false}}, "mean");
}

Value pooled(Parameters& p, const ModelBody& body, const Config& config, Value x, Value lengths) {
  switch (pooling_of(config, body)) {
    case Pooling::cls:
      return body.pooler ? body.pooler(p, config, first_token(x)) : first_token(x);
    case Pooling::mean:
      return mean_token(p.graph(), x, lengths);
    case Pooling::last:
      return last_token(x, lengths);
  }
  internal_error("a pooling that is none");
}

}  // namespace

Pooling pooling_of(const Config& config, const ModelBody& body) {
  return config.task.pooling.value_or(body.causal ? Pooling::last : Pooling::cls);
}

std::vector<Parameter> build_classifier(Graph& graph, const ModelBody& body, const Config& config,
                                        const ModelUse& use) {
  Scope scope(graph, "classifier");
  Parameters p(graph);
  const ModelConfig& m = config.model;
  const int64_t batch = config.micro_sequences(), length = config.sequence_length();
  const auto classes = static_cast<int64_t>(config.task.labels.size());
  check(classes >= 2, "a classifier of {} labels", classes);
  const auto input = [&](const char* name, DType dtype, Shape shape) {
    return graph.add_input(name, {dtype, std::move(shape)}, PortKind::data);
  };
  const Value lengths = input("lengths", DType::i32, {batch}),
              labels = input("labels", DType::i32, {batch}),
              weights = input("weights", DType::f32, {batch}),
              count = input("count", DType::f32, {});
  BlockContext context;
  if (use.training && m.drops()) {
    context.step = graph.add_input("step", {DType::i64, {}}, PortKind::state);
    if (use.part) context.part = graph.add_input("part", {DType::i64, {}}, PortKind::state);
  }
  const Value x = body.build(
      p, config, {.vocab = use.vocab, .batch = batch, .length = length, .lengths = lengths},
      context);
  const Dropout dropout{m.dropout, static_cast<uint64_t>(config.train.seed)};
  const Value text = drop(dropout, context, "classifier", pooled(p, body, config, x, lengths));
  const Value logits = reshape(
      linear(text, p.normal("classifier.weight", {classes, m.hidden}, m.init_std),
             m.bias == ModelConfig::Bias::all ? p.zeros("classifier.bias", {classes}) : Value(),
             "logits"),
      {batch, classes});
  const Value share = ops::div(weights, count, {}, "share");
  const Value losses =
      ops::cross_entropy.all({logits, labels, share}, {{"label_smoothing", 0.0}}, "losses")[0];
  graph.add_output("loss", ops::sum(losses, {{"dims", Shape{0}}, {"keep", false}}, "loss"));
  if (!use.training) {
    graph.add_output("losses", losses);
    graph.add_output("predicted", ops::argmax(logits, {{"dim", int64_t{1}}}, "predicted"));
    graph.add_output("probabilities", ops::softmax(logits, {{"dim", int64_t{1}}}, "probabilities"));
  }
  return p.list();
}

}  // namespace tessera
