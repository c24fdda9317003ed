// One step's loss, logits and gradients from the training graph itself, without plan and passes.
#pragma once

#include <string>
#include <vector>

#include "framework/ops/ops.h"
#include "framework/passes/expand.h"
#include "framework/passes/grad.h"
#include "framework/runtime/evaluate.h"
#include "models/model.h"

namespace tessera::testing {

/// The outputs of the graph of a step: "loss", "logits", "next_sentence_logits" with that head, and
/// "grad/NAME" of every parameter. `parameters` holds their values.
inline Tensors first_step(const Config& config, Tensors parameters, const Feed& feed,
                          const DeviceProfile& profile) {
  Graph graph("step");
  const auto list = shipped_models().of(config).build(graph, config, {.training = true});
  graph = expand(graph, [](const Node& node) { return node.op == &ops::head_loss; });
  graph = expand_for_grad(graph);
  std::vector<Value> wrt;
  for (const Parameter& p : list) wrt.push_back(graph.input(p.name));
  const Value loss = graph.handle(graph.output("loss").value);
  const std::vector<std::string> heads{"logits", "next_sentence_logits"};
  for (size_t i = 0, head = 0; i < graph.nodes().size(); ++i)
    if (graph.nodes()[i].op == &ops::cross_entropy)
      graph.add_output(heads.at(head++), graph.handle(graph.nodes()[i].inputs[0]));
  const auto gradients = add_gradients(graph, loss, wrt);
  for (size_t i = 0; i < list.size(); ++i) graph.add_output("grad/" + list[i].name, gradients[i]);
  Tensors inputs = std::move(parameters);
  const auto shape = [&](const std::string& name) { return graph.input(name).shape(); };
  for (const auto& [name, values] : feed.integers)
    inputs[name] = Tensor::of<int32_t>(DType::i32, shape(name), values);
  for (const auto& [name, values] : feed.reals)
    inputs[name] = Tensor::of<float>(DType::f32, shape(name), values);
  return evaluate(graph, inputs, profile);
}

}  // namespace tessera::testing
