#include "framework/assembly/forecast.h"

#include "framework/report/flops.h"
#include "framework/runtime/fit.h"

namespace tessera {

std::vector<std::pair<std::string, int64_t>> graphs_of_update(const Config& config) {
  const int64_t steps = config.batch.accumulate;
  if (steps == 1) return {{"step", 1}};
  return {{"first", 1}, {"micro", steps - 1}, {"update", 1}};
}

Forecast forecast(const Config& config, const Assembly& assembly, const Compiled& compiled) {
  Forecast out;
  out.memory = memory_report(compiled);
  out.model_flops = assembly.model_flops;
  for (const auto& [name, times] : graphs_of_update(config)) {
    const Graph& graph = compiled.graph(name).plan.graph;
    const Traffic traffic = traffic_of(graph);
    if (name == "step" || name == "micro") out.micro = traffic;
    out.update.add(traffic, times);
    for (const auto& [op, flops] : flops_by_op(graph))
      out.flops += flops * static_cast<double>(times);
  }
  return out;
}

Timeline time_of_update(const Config& config, const Compiled& compiled, const Rates& rates) {
  Timeline out;
  for (const auto& [name, times] : graphs_of_update(config))
    out.add(timeline(compiled.graph(name).plan, rates), times);
  return out;
}

}  // namespace tessera
