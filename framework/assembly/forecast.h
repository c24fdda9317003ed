// forecast: what one update of a run will take on each rank, from its planned program: memory, collectives, FLOPs, time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/assembly/assemble.h"
#include "framework/report/memory_report.h"
#include "framework/report/timeline.h"
#include "framework/runtime/compile.h"

namespace tessera {

/// The graphs of one update and how often each runs.
std::vector<std::pair<std::string, int64_t>> graphs_of_update(const Config& config);

struct Forecast {
  MemoryReport memory;     // of one rank
  Traffic micro;           // of one micro-step
  Traffic update;          // of a whole update, its micro-steps included
  double flops = 0;        // of one rank, for one update
  double model_flops = 0;  // of the model, for one update, nothing computed twice
};

Forecast forecast(const Config& config, const Assembly& assembly, const Compiled& compiled);

/// The time of one update.
Timeline time_of_update(const Config& config, const Compiled& compiled, const Rates& rates);

}  // namespace tessera
