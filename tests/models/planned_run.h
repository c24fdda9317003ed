// A toy config planned, without a world.
#pragma once

#include <algorithm>

#include "framework/assembly/forecast.h"
#include "models/model.h"
#include "tests/models/device.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {

struct PlannedRun {
  explicit PlannedRun(Config c)
      : config(std::move(c)),
        assembly(assemble_training(shipped_models(), config, *config.model.vocab)),
        compiled(compile(assembly.program, device(), {assembly.mesh})),
        known(forecast(config, assembly, compiled)) {}

  /// How many tensors of `bytes` bytes one update exchanges along the axis with this kind of
  /// collective, also where several travel as one message.
  int64_t calls(const std::string& axis, const std::string& kind, int64_t bytes) const {
    int64_t out = 0;
    for (const auto& [name, times] : graphs_of_update(config)) {
      const Graph& graph = compiled.graph(name).plan.graph;
      for (const Node& node : graph.nodes()) {
        const auto e = exchange_of(graph, node);
        if (e && e->axis == axis && e->kind == kind)
          out += times * std::count(e->pieces.begin(), e->pieces.end(), bytes);
      }
    }
    return out;
  }

  Config config;
  Assembly assembly;
  Compiled compiled;
  Forecast known;
};

}  // namespace tessera::testing
