// How good the quickstart's model is beside models that need no training.
#pragma once

#include <nlohmann/json.hpp>

#include "framework/config/config.h"

namespace tessera {

/// The figures of runs/quickstart/summary.json. `trained` is the summary of `tessera train`. For a GPT: bits_per_byte_start
/// and _end, and those of byte models, bits_per_byte_order0 and _order3, on the same held-out text. For a BERT:
/// masked_accuracy, and commonest_accuracy of always guessing the commonest byte. For both: tokens_per_s, seconds,
/// checkpoint.
nlohmann::ordered_json score(const Config& config, const nlohmann::ordered_json& trained);

void print_score(const Config& config, const nlohmann::ordered_json& figures);

}  // namespace tessera
