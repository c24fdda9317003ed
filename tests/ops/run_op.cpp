#include "tests/ops/run_op.h"

#include <algorithm>

#include "framework/ops/ops.h"
#include "framework/passes/expand.h"
#include "framework/passes/grad.h"

namespace tessera {

DeviceProfile reference_profile() {
  DeviceProfile profile;
  profile.backend = "reference";
  return profile;
}

const OpDef& op_of(const std::string& name) {
  const OpDef* op = find_op(name);
  check(op != nullptr, "there is no op '{}' in the list", name);
  return *op;
}

Graph forward_graph(const OpDef& op, std::span<const TensorType> in, const Attrs& attrs) {
  Graph graph(std::string(op.name));
  std::vector<Value> inputs;
  for (size_t i = 0; i < in.size(); ++i)
    inputs.push_back(graph.add_input(fmt::format("in{}", i), in[i], PortKind::data));
  const auto outputs = graph.add(op, inputs, attrs);
  for (size_t i = 0; i < outputs.size(); ++i) graph.add_output(fmt::format("out{}", i), outputs[i]);
  return graph;
}

Graph gradient_graph(const OpDef& op, std::span<const TensorType> in, const Attrs& attrs,
                     const std::vector<size_t>& wrt, const std::vector<size_t>& loss_of,
                     bool composite) {
  Graph graph = forward_graph(op, in, attrs);
  if (composite) graph = expand(graph, [&](const Node& other) { return other.op == &op; });
  graph = expand_for_grad(graph);
  Value loss;
  for (size_t i = 0; graph.find_output(fmt::format("out{}", i)); ++i) {
    Value out = graph.handle(graph.output(fmt::format("out{}", i)).value);
    if (!is_float(out.dtype())) continue;
    if (!loss_of.empty() && std::find(loss_of.begin(), loss_of.end(), i) == loss_of.end()) continue;
    if (out.dtype() == DType::bf16) out = ops::cast(out, {{"to", "f32"}});
    const Value dout = graph.add_input(fmt::format("dout{}", i), out.type(), PortKind::data);
    const Value part = ops::sum(out * dout);
    loss = loss ? loss + part : part;
  }
  check(static_cast<bool>(loss), "{} has no float result", op.name);
  graph.add_output("loss", loss);
  std::vector<Value> values;
  for (size_t i : wrt) values.push_back(graph.input(fmt::format("in{}", i)));
  const auto gradients = add_gradients(graph, loss, values);
  for (size_t i = 0; i < wrt.size(); ++i)
    graph.add_output(fmt::format("din{}", wrt[i]), gradients[i]);
  return graph;
}

std::vector<size_t> wrt_of(const Case& c, std::span<const TensorType> in) {
  std::vector<size_t> out = c.wrt;
  if (!out.empty()) return out;
  for (size_t i = 0; i < in.size(); ++i)
    if (is_float(in[i].dtype)) out.push_back(i);
  return out;
}

Drawn draw(const OpCases& op, size_t which, DType real) {
  Drawn drawn;
  const Case& c = op.cases[which];
  for (size_t i = 0; i < c.in.size(); ++i) {
    drawn.types.push_back(c.in[i].type(real));
    drawn.inputs[fmt::format("in{}", i)] =
        c.in[i].draw(real, fmt::format("{}.{}.{}", op.op, which, i));
  }
  return drawn;
}

void draw_cotangents(const Graph& graph, const std::string& key, Tensors& inputs) {
  for (const Port& port : graph.inputs()) {
    if (!port.name.str().starts_with("dout")) continue;
    const TensorType& type = graph.value(port.value).type;
    inputs[port.name] = real(type.shape).draw(type.dtype, key + port.name);
  }
}

}  // namespace tessera
