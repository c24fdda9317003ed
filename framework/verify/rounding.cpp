#include "framework/verify/rounding.h"

#include <algorithm>
#include <cmath>

#include "framework/graph/query.h"

namespace tessera {
namespace {

constexpr double kFactor = 4;
constexpr double kFloor = 1e-37;  // denormals are flushed to zero

double epsilon(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return 0x1p-24;
    case DType::bf16:
      return 0x1p-8;
    case DType::f64:
      return 0x1p-53;
    default:
      return 0;
  }
}

bool has(const IndexRule::Operand& operand, int index) {
  return std::any_of(operand.begin(), operand.end(), [&](const IndexRule::Dim& dim) {
    return std::find(dim.begin(), dim.end(), index) != dim.end();
  });
}

/// The indices of a node's rule that one of its results lacks, and the length of that sum.
struct Contraction {
  IndexRule rule;
  std::vector<int> indices;
  double length = 1;
};

Contraction contraction(const Graph& graph, ValueId v) {
  const Node& node = graph.node(graph.value(v).node);
  const auto in = types_of(graph, node.inputs), out = types_of(graph, node.outputs);
  Contraction c{node.op->rule(in, out, node.attrs), {}, 1};
  const auto& result = c.rule.outputs[static_cast<size_t>(graph.value(v).result)];
  for (int i = 0; i < static_cast<int>(c.rule.indices.size()); ++i)
    if (!has(result, i)) {
      c.indices.push_back(i);
      c.length *= static_cast<double>(c.rule.indices[static_cast<size_t>(i)].size);
    }
  return c;
}

}  // namespace

double RoundingBound::allowed() const {
  return relative == 0 ? 0 : kFactor * relative * scale + kFloor;
}

Rounding::Rounding(const Graph& graph,
                   std::function<std::optional<Known>(const std::string&)> known,
                   std::map<std::string, DType> wires)
    : graph_(graph), known_(std::move(known)), wires_(std::move(wires)) {
  for (size_t i = 0; i < graph.values().size(); ++i)
    ids_[graph.values()[i].name] = static_cast<ValueId>(i);
}

double Rounding::on_the_wire(ValueId v) const {
  const auto wire = wires_.find(graph_.value(v).name);
  return wire == wires_.end() ? 0 : epsilon(wire->second);
}

double Rounding::own(ValueId v) const {
  const Node& node = graph_.node(graph_.value(v).node);
  double coarsest = std::max(epsilon(graph_.value(v).type.dtype), on_the_wire(v));
  if (!node.op->plain_sum)
    for (const auto* side : {&node.inputs, &node.outputs})
      for (ValueId other : *side)
        coarsest = std::max(coarsest, epsilon(graph_.value(other).type.dtype));
  return epsilon(DType::f32) * std::sqrt(contraction(graph_, v).length) + coarsest;
}

double Rounding::steps(ValueId v) {
  if (graph_.value(v).node < 0) return on_the_wire(v);
  if (const auto done = steps_.find(v); done != steps_.end()) return done->second;
  double before = 0;
  for (ValueId operand : graph_.node(graph_.value(v).node).inputs) {
    const auto known = known_(graph_.value(operand).name);
    if (!known || !known->same) before = std::max(before, steps(operand));
  }
  return steps_[v] = before + own(v);
}

double Rounding::scale(ValueId v) const {
  const auto known = known_(graph_.value(v).name);
  double out = known ? known->peak : 0;
  if (graph_.value(v).node < 0) return out;
  const Node& node = graph_.node(graph_.value(v).node);
  const Contraction c = contraction(graph_, v);
  double addend = 1;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const auto operand = known_(graph_.value(node.inputs[i]).name);
    // The scale of an operand is passed on: it is larger than its value where terms cancelled.
    if (node.op->sums != Sums::reduce && !(operand && operand->same))
      out = std::max(out, scale(node.inputs[i]));
    const bool summed = std::any_of(c.indices.begin(), c.indices.end(),
                                    [&](int index) { return has(c.rule.inputs[i], index); });
    if (summed && is_float(graph_.value(node.inputs[i]).type.dtype))
      addend *= operand ? operand->rms : 0;
  }
  return c.indices.empty() ? out : std::max(out, std::sqrt(c.length) * addend);
}

RoundingBound Rounding::of(const std::string& name) {
  const auto it = ids_.find(name);
  check(it != ids_.end(), "'{}' is no value of graph '{}'", name, graph_.name());
  const ValueId v = it->second;
  if (!is_float(graph_.value(v).type.dtype)) return {};
  return {steps(v), scale(v)};
}

}  // namespace tessera
