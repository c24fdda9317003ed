// How good the quickstart's model is, compared with models that need no training.
#pragma once

#include <nlohmann/json.hpp>

#include "framework/config/config.h"

namespace tessera {

/// The figures of runs/quickstart/summary.json: the rows of the model's Yardstick, and
/// tokens_per_s, seconds and checkpoint. `trained` is the summary of `tessera train`.
nlohmann::ordered_json score(const Config& config, const nlohmann::ordered_json& trained);

void print_score(const Config& config, const nlohmann::ordered_json& figures);

}  // namespace tessera
