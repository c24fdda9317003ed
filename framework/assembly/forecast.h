// forecast: what one update of a run will take on each rank, from its planned program: memory,
// collectives, FLOPs, time.
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
  MemoryReport memory;     // one rank's
  Traffic micro;           // one micro-step's
  Traffic update;          // a whole update's, its micro-steps included
  double flops = 0;        // one rank's, for one update
  double model_flops = 0;  // the model's, for one update, with nothing computed twice
};

Forecast forecast(const Config& config, const Assembly& assembly, const Compiled& compiled);

/// The time of one update.
Timeline time_of_update(const Config& config, const Compiled& compiled, const Rates& rates);

}  // namespace tessera
