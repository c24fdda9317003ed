// What a model in a folder of Hugging Face's libraries computes, by the plain graph of its config:
// logits at every position of a text. The goldens beside it are what transformers computes
// (tests/golden/families/make).
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "framework/ops/ops.h"
#include "framework/passes/expand.h"
#include "framework/runtime/evaluate.h"
#include "models/outside_model.h"
#include "tests/models/device.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera::testing {

inline std::string family_folder(const std::string& name) {
  return source_dir() + "/tests/golden/families/" + name;
}

inline nlohmann::json family_golden(const std::string& name) {
  return nlohmann::json::parse(read_file(family_folder(name) + "/golden.json"));
}

/// The outputs of the evaluation graph for one sequence, with "logits" at every position,
/// "next_sentence" where the model has that head, and "loss".
inline Tensors forward(Config config, TensorSource& source, const std::vector<int32_t>& tokens) {
  const auto length = static_cast<int64_t>(tokens.size());
  const std::vector<std::string> heads{"logits", "next_sentence"};
  config.batch.sequences = config.batch.accumulate = 1;
  config.batch.length = length;
  config.data.mask_rate = 1;
  Graph graph("forward");
  const auto parameters = shipped_models().of(config).build(graph, config, {.training = false});
  graph = expand(graph, [](const Node& node) { return node.op == &ops::head_loss; });
  for (size_t i = 0, head = 0; i < graph.nodes().size(); ++i)
    if (graph.nodes()[i].op == &ops::cross_entropy)
      graph.add_output(heads.at(head++), graph.handle(graph.nodes()[i].inputs[0]));
  Tensors inputs;
  for (const Parameter& p : parameters) {
    inputs[p.name] = Tensor(TensorType{DType::f32, p.shape});
    source.read(p.name, Box::whole(p.shape), inputs[p.name].bytes());
  }
  for (const Port& port : graph.inputs())
    if (port.kind == PortKind::data) inputs[port.name] = Tensor(graph.value(port.value).type);
  const auto set = [&](const std::string& name, const std::vector<int32_t>& values) {
    if (inputs.contains(name))
      std::copy(values.begin(), values.end(), inputs.at(name).data<int32_t>());
  };
  std::vector<int32_t> places(tokens.size()), next(tokens.begin() + 1, tokens.end());
  std::iota(places.begin(), places.end(), 0);
  set("tokens_in", tokens);
  set("positions_in", places);
  set("masked_positions", places);
  set("labels", next);
  set("lengths", {static_cast<int32_t>(length)});
  std::fill_n(inputs.at("weights").data<float>(), length - 1, 1.0F);
  inputs.at("count").data<float>()[0] = static_cast<float>(length - 1);
  if (inputs.contains("sequences")) inputs.at("sequences").data<float>()[0] = 1;
  return evaluate(graph, inputs, device());
}

}  // namespace tessera::testing
