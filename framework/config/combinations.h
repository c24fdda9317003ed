// Demands on several keys together: what each key's own range cannot say.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

/// Called with all keys that the verdict rests on, the key to change first, and with what is wrong
/// and what to write.
using ReportClash =
    std::function<void(const std::vector<std::string>& paths, const std::string& message)>;

/// Reports every combination in `config` that cannot run. Expects each value to be within its own
/// limits.
void check_combinations(const Config& config, const ReportClash& report);

}  // namespace tessera
