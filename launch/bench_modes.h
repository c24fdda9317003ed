// The modes of `tessera bench`. Each prints a table and returns the figures in the table.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "framework/config/config.h"
#include "launch/ranks.h"

namespace tessera {

/// Times `steps` steps on random tokens. The figures are the median of tokens/s, the seconds from
/// the start of the process to the first step, and the peak of resident memory.
nlohmann::json bench_train(const Config& config, int64_t steps, const Ranks& ranks);

/// Times every op of a step, as medians over `steps` steps, and prints what the measured rates of
/// the machine allow beside each time.
nlohmann::json bench_step(const Config& config, int64_t steps);

/// Times reading a prompt of 512 tokens and making tokens, for one text and for 16 side by side, as
/// medians over `steps` tokens. The figures are tokens/s.
nlohmann::json bench_generate(Config config, int64_t steps);

/// Times the way from the files of a SOURCE to its parameters in place. The files are read as the
/// system has them, from its memory or from the disk.
nlohmann::json bench_load(const std::string& source, std::span<const std::string> sets);

/// Times one op on random operands. `text` gives the op as `op(TYPES) {attributes}`; `sets` are
/// settings of device.* keys.
nlohmann::json bench_op(const std::string& text, std::span<const std::string> sets, int64_t steps);

}  // namespace tessera
