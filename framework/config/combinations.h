// Demands on several keys together: what each key's own range cannot say.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

/// Keys that cannot go together.
struct Clash {
  std::vector<std::string> paths;  // all keys that the verdict rests on, the key to change first
  std::string message;             // what is wrong and what to write
  bool idle = false;  // whether that first key has no effect, and nothing else is wrong
};
using ReportClash = std::function<void(const Clash&)>;

/// Reports every combination in `config` that cannot run. Expects each value to be within its own
/// limits.
void check_combinations(const Config& config, const ReportClash& report);

}  // namespace tessera
