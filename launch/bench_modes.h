// The modes of `tessera bench`; each prints a table and returns the same figures.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "framework/config/config.h"
#include "launch/ranks.h"

namespace tessera {

/// Median tokens/s of `steps` steps on random tokens, seconds from process start to the first step, peak resident memory.
nlohmann::json bench_train(const Config& config, int64_t steps, const Ranks& ranks);

/// Seconds of a step by op, medians over `steps` steps, beside what the machine's measured rates allow.
nlohmann::json bench_step(const Config& config, int64_t steps);

/// Seconds of one op, given as `op(TYPES) {attributes}`, on random operands; `sets` are device.* settings.
nlohmann::json bench_op(const std::string& text, std::span<const std::string> sets, int64_t steps);

}  // namespace tessera
