// GPT's graphs that read texts and learn nothing.
#include "models/gpt.h"

#include <algorithm>

#include "framework/ops/iota.h"
#include "framework/ops/linear.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

/// Rows of logits that exist at one time.
constexpr int64_t kRows = 256;

Value read_texts(Parameters& p, const Gpt& gpt, const ReadingUse& use) {
  const TensorType ids{DType::i32, {use.rows, use.length}};
  const Value tokens = p.graph().add_input("tokens_in", ids, PortKind::data);
  BlockContext context;
  context.positions = p.graph().add_input("positions_in", ids, PortKind::data);
  return gpt_trunk(p, gpt, tokens, context);
}

/// A bias for logits that takes all likelihood from rows that only pad the vocabulary; no value
/// where there are none.
Value padding_bias(Graph& graph, const Transformer& t) {
  if (t.own_vocab == t.vocab) return {};
  const TensorType numbers{DType::i32, {t.vocab}};
  const Value own = ops::less(iota(graph, numbers, 0), fill(graph, double(t.own_vocab), numbers));
  const TensorType bias{DType::f32, {t.vocab}};
  return ops::where(own, fill(graph, 0, bias), fill(graph, -1e30, bias), {}, "no_padding");
}

}  // namespace

std::vector<Parameter> build_gpt_scoring(Graph& graph, const Gpt& gpt, const ReadingUse& use) {
  Scope scope(graph, "gpt");
  Parameters p(graph);
  const Transformer& t = gpt.transformer;
  const int64_t count = use.rows * use.length;
  const Value x = ops::reshape(read_texts(p, gpt, use), {{"shape", Shape{count, t.hidden}}});
  const Value labels =
      ops::reshape(graph.add_input("labels", {DType::i32, {use.rows, use.length}}, PortKind::data),
                   {{"shape", Shape{count}}});
  const Value weights =
      ops::reshape(graph.add_input("weights", {DType::f32, {use.rows, use.length}}, PortKind::data),
                   {{"shape", Shape{count}}});
  const Value head = p.normal(gpt.tied_head ? "tokens" : "head.weight", t.token_rows(), t.init_std,
                              t.own_token_rows());
  const Value no_padding = padding_bias(graph, t);
  std::vector<Value> losses;
  for (int64_t begin = 0; begin < count; begin += kRows) {
    const int64_t end = std::min(begin + kRows, count);
    const auto rows = [&](Value of, bool matrix) {
      return ops::slice(of, {{"starts", matrix ? Shape{begin, 0} : Shape{begin}},
                             {"limits", matrix ? Shape{end, t.hidden} : Shape{end}}});
    };
    const Value logits = linear(rows(x, true), head, no_padding, "logits");
    losses.push_back(ops::cross_entropy.all({logits, rows(labels, false), rows(weights, false)},
                                            {{"label_smoothing", 0.0}}, "losses")[0]);
  }
  graph.add_output("losses", losses.size() == 1
                                 ? losses[0]
                                 : ops::concat.all(losses, {{"dim", int64_t{0}}}, "losses")[0]);
  return p.list();
}

std::vector<Parameter> build_gpt_encoding(Graph& graph, const Gpt& gpt, const ReadingUse& use) {
  Scope scope(graph, "gpt");
  Parameters p(graph);
  graph.add_output("hidden", read_texts(p, gpt, use));
  return p.list();
}

}  // namespace tessera
