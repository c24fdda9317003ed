#include "framework/assembly/probe.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "framework/core/error.h"
#include "framework/ops/ops.h"
#include "framework/passes/expand.h"

namespace tessera {
namespace {

/// The graph whose outputs are wanted, and its parameters.
std::vector<Parameter> build(Graph& graph, const Models& models, const Config& config) {
  const ModelDef model = models.of(config);
  std::vector<Parameter> parameters = model.build(graph, config, {.training = false});
  graph = expand(graph, [](const Node& node) { return node.op == &ops::head_loss; });
  std::vector<const char*> heads{"logits", "next_sentence"};
  size_t head = 0;
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    if (graph.nodes()[i].op == &ops::cross_entropy)
      graph.add_output(heads.at(head++), graph.handle(graph.nodes()[i].inputs[0]));
  if (head > 0 || model.encoding == nullptr || graph.find_output("hidden")) return parameters;
  graph = Graph("probe");
  return model.encoding(graph, config, {.rows = 1, .length = config.sequence_length()});
}

}  // namespace

Tensors probe(const Models& models, Config config, TensorSource& source,
              std::span<const int32_t> tokens, const DeviceProfile& profile) {
  const auto length = static_cast<int64_t>(tokens.size());
  check(length > 1, "a probe of {} tokens", length);
  config.batch.sequences = config.batch.accumulate = 1;
  config.batch.length = length;
  config.data.mask_rate = 1;
  Graph graph("probe");
  const std::vector<Parameter> parameters = build(graph, models, config);
  Tensors inputs;
  for (const Parameter& p : parameters) {
    Tensor& tensor = inputs[p.name] = Tensor(TensorType{DType::f32, p.shape});
    source.read(p.name, Box::whole(p.shape), tensor.bytes());
  }
  for (const Port& port : graph.inputs())
    if (port.kind == PortKind::data) inputs[port.name] = Tensor(graph.value(port.value).type);
  const auto set = [&](const char* name, std::span<const int32_t> values) {
    if (const auto input = inputs.find(name); input != inputs.end())
      std::ranges::copy(values, input->second.data<int32_t>());
  };
  std::vector<int32_t> places(tokens.size());
  std::iota(places.begin(), places.end(), 0);
  const auto whole = static_cast<int32_t>(length);
  set("tokens_in", tokens);
  set("positions_in", places);
  set("masked_positions", places);
  if (!config.task.classifies()) set("labels", tokens.subspan(1));
  set("lengths", std::span(&whole, 1));
  const int64_t labels = config.task.classifies() ? 1 : length - 1;
  const auto real = [&](const char* name, int64_t count, float value) {
    if (const auto input = inputs.find(name); input != inputs.end())
      std::fill_n(input->second.data<float>(), count, value);
  };
  real("weights", labels, 1);
  real("count", 1, static_cast<float>(labels));
  real("sequences", 1, 1);
  return evaluate(graph, inputs, profile);
}

}  // namespace tessera
