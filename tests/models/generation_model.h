// A toy GPT that generates, and its plain forward pass over the same parameters to compare with.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "framework/graph/op_def.h"
#include "framework/ops/ops.h"
#include "framework/passes/expand.h"
#include "framework/runtime/evaluate.h"
#include "framework/train/generator.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/memory_source.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {

inline constexpr int64_t kGenerationVocab = 67;

class GenerationModel {
 public:
  GenerationModel(Sets sets, int64_t context)
      : config_(toy_config(kToyGpt, std::move(sets),
                           {"model.context=" + std::to_string(context), "batch.sequences=1",
                            "data.documents=stream"})) {
    const auto learner = toy_learner(config_, device());
    for (const Parameter& p : learner->parameters())
      parameters_[p.name] =
          Tensor::of<float>(DType::f32, p.shape, learner->session().state<float>(p.name));
  }

  /// A generator over the model's parameters.
  std::unique_ptr<Generator> generator(const GenerationSize& size) const {
    auto made = std::make_unique<Generator>(shipped_models(), config_, kGenerationVocab,
                                            host_device(device()), size);
    MemorySource source = this->source();
    made->load(source);
    return made;
  }

  /// The model's parameters.
  MemorySource source() const {
    MemorySource source;
    for (const auto& [name, tensor] : parameters_) {
      const auto bytes = std::as_bytes(
          std::span(tensor.data<float>(), static_cast<size_t>(tensor.type().numel())));
      source.tensors[name] = {tensor.type(), {bytes.begin(), bytes.end()}};
    }
    return source;
  }

  /// (S, vocab): the logits at every position of `tokens`, computed at once in f32.
  std::vector<std::vector<float>> forward(const std::vector<int32_t>& tokens) const {
    Config config = config_;
    config.batch.length = static_cast<int64_t>(tokens.size());
    Graph graph("forward");
    shipped_models().of(config).build(graph, config, {.training = false});
    graph = expand(graph, [](const Node& node) { return node.op == &ops::head_loss; });
    for (const Node& node : graph.nodes())
      if (node.op == &ops::cross_entropy) graph.add_output("logits", graph.handle(node.inputs[0]));
    Tensors inputs = parameters_;
    for (const Port& port : graph.inputs())
      if (port.kind == PortKind::data) inputs[port.name] = Tensor(graph.value(port.value).type);
    std::copy(tokens.begin(), tokens.end(), inputs.at("tokens_in").data<int32_t>());
    std::iota(inputs.at("positions_in").data<int32_t>(),
              inputs.at("positions_in").data<int32_t>() + tokens.size(), 0);
    inputs.at("count").data<float>()[0] = 1;
    const Tensor logits = evaluate(graph, inputs, device()).at("logits");
    std::vector<std::vector<float>> out;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const float* row = logits.data<float>() + static_cast<int64_t>(i) * kGenerationVocab;
      out.emplace_back(row, row + kGenerationVocab);
    }
    return out;
  }

  const Config& config() const { return config_; }

 private:
  const Config config_;
  Tensors parameters_;
};

}  // namespace tessera::testing
