#include "framework/passes/chunk.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "framework/core/dense_operands.h"
#include "framework/graph/query.h"
#include "framework/ops/linear.h"
#include "framework/ops/shared/fill.h"
#include "framework/passes/rewrite.h"
#include "framework/passes/split_classes.h"

namespace tessera {
namespace {

/// The most blocks that a head is unrolled into. With so many rows each block is efficient already,
/// and the work of planning no longer grows with the tokens of a micro-step.
constexpr int64_t kMostBlocks = 1024;

/// The operands of one head, in the new graph.
struct Head {
  Value x, weight, bias, labels, weights, dloss;  // bias and dloss are empty Values when absent
  bool predict;
  std::optional<SplitClasses> split;
};

struct Unrolled {
  Value loss, classes, dx, dw, db;
};

Value rows_of(Value v, int64_t begin, int64_t end) {
  Shape starts(v.shape().size(), 0), limits = v.shape();
  starts[0] = begin;
  limits[0] = end;
  return ops::slice(v, {{"starts", starts}, {"limits", limits}});
}

/// `target` with `part` written over its rows from `begin` on.
Value put(Value target, Value part, int64_t begin) {
  return ops::update_slice(target, part, {{"dim", int64_t{0}}, {"start", begin}});
}

Unrolled unroll(Graph& graph, const Head& h, const std::string& to, int64_t rows) {
  const int64_t n = h.x.dim(0);
  rows = std::max(rows, (n + kMostBlocks - 1) / kMostBlocks);
  const Attrs smooth{{"label_smoothing", 0.0}};
  Attrs grad = smooth;
  if (h.split)
    for (const auto& [name, value] : h.split->part) grad.set(name, value);
  Unrolled out;
  const DType precise = h.weights.dtype();
  Value losses = fill(graph, 0, {precise, {n}}, "losses");
  if (h.dloss)
    out.dx =
        graph.add1(ops::empty, {},
                   {{"dtype", std::string(to_string(h.x.dtype()))}, {"shape", h.x.shape()}}, "dx");
  if (h.predict)
    out.classes =
        graph.add1(ops::empty, {}, {{"dtype", std::string("i32")}, {"shape", Shape{n}}}, "classes");
  for (int64_t begin = 0; begin < n; begin += rows) {
    const int64_t end = std::min(n, begin + rows);
    Scope scope(graph, fmt::format("rows.{}", begin), Scope::NamesOnly{});
    const Value x = rows_of(h.x, begin, end), labels = rows_of(h.labels, begin, end),
                weights = rows_of(h.weights, begin, end);
    const Value logits = linear(x, h.weight, h.bias, "logits");
    Value loss, lse;
    if (h.split) {
      std::tie(loss, lse) = h.split->cross_entropy(logits, labels, weights);
    } else {
      const auto ce = ops::cross_entropy.all({logits, labels, weights}, smooth, "cross_entropy");
      std::tie(loss, lse) = std::tie(ce[0], ce[1]);
    }
    losses = put(losses, loss, begin);
    if (h.predict)
      out.classes = put(
          out.classes,
          h.split ? h.split->argmax(logits) : ops::argmax(logits, {{"dim", int64_t{1}}}, "argmax"),
          begin);
    if (!h.dloss) continue;
    const Value each = ops::broadcast_to(h.dloss, {{"shape", Shape{end - begin}}});
    const Value d =
        ops::cross_entropy_grad.all({logits, labels, weights, lse, each}, grad, "dlogits")[0];
    out.dx = put(out.dx, ops::matmul(d, h.weight, {}, "dx"), begin);
    const Attrs dw{{"trans_a", true}, {"to", to}, {"accumulate", begin > 0}};
    out.dw = begin > 0 ? ops::matmul(d, x, out.dw, dw, "dw") : ops::matmul(d, x, dw, "dw");
    if (h.bias) {
      const Value db = ops::sum(
          d, {{"dims", Shape{0}}, {"keep", false}, {"to", std::string(to_string(precise))}}, "db");
      out.db = begin > 0 ? out.db + db : db;
    }
  }
  out.loss = ops::sum(losses, {{"dims", Shape{0}}, {"keep", false}});
  return out;
}

const Node* gradient_of(const Graph& graph, const Node& head) {
  for (const Node& node : graph.nodes())
    if (node.op == &ops::head_loss_grad &&
        std::equal(head.inputs.begin(), head.inputs.end(), node.inputs.begin()))
      return &node;
  return nullptr;
}

}  // namespace

bool made_beside_loss(const Node& node) { return node.op == &ops::head_loss_grad; }

Graph chunk(const Graph& source, int64_t rows) {
  const auto is_head = [](const Node& node) {
    return node.op == &ops::head_loss || node.op == &ops::head_loss_grad;
  };
  if (std::none_of(source.nodes().begin(), source.nodes().end(), is_head)) return unchanged(source);
  std::map<const Node*, Unrolled> done;  // by head_loss_grad node
  std::vector<bool> copied(source.nodes().size(), false);
  return rewrite(source, [&](Rewriter& r, const Node& node) {
    const auto index = static_cast<size_t>(source.value(node.outputs[0]).node);
    if (copied[index]) return true;
    if (node.op == &ops::head_loss_grad) {
      auto it = done.find(&node);
      check(it != done.end(), "'{}': a head's gradient without its loss",
            source.value(node.outputs[0]).name);
      r.replace(node.outputs[0], it->second.dx);
      r.replace(node.outputs[1], it->second.dw);
      if (node.outputs.size() > 2) r.replace(node.outputs[2], it->second.db);
      return true;
    }
    if (node.op != &ops::head_loss) return false;
    const Node* gradient = gradient_of(source, node);
    // The loss's cotangent is needed here already.
    if (gradient) {
      const auto needed = ancestors_of(source, gradient->inputs.back());
      check(!needed[index], "'{}': the cotangent of a head's loss depends on the loss",
            source.value(node.outputs[0]).name);
      for (size_t i = index + 1; i < needed.size(); ++i)
        if (needed[i] && !copied[i]) {
          r.copy(source.nodes()[i]);
          copied[i] = true;
        }
    }
    const auto in = r.operands(node);
    const HeadOperands at(node.attrs);
    Head head{.x = in[0],
              .weight = in[1],
              .bias = at.bias ? in[*at.bias] : Value(),
              .labels = in[at.labels],
              .weights = in[at.weights],
              .dloss = {},
              .predict = node.attrs.flag("predict"),
              .split = SplitClasses::of(node.attrs)};
    std::string to;
    if (gradient) {
      head.dloss = r[gradient->inputs.back()];
      to = std::string(to_string(source.value(gradient->outputs[1]).type.dtype));
    }
    Place place(r.graph(), node.where);
    Scope scope(r.graph(), source.value(node.outputs[0]).name, Scope::NamesOnly{});
    const Unrolled out = unroll(r.graph(), head, to, rows);
    r.replace(node.outputs[0], out.loss);
    if (head.predict) r.replace(node.outputs[1], out.classes);
    if (gradient) done[gradient] = out;
    return true;
  });
}

}  // namespace tessera
