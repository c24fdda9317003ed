// The texts that `tessera plan` prints about a run: FLOPs, collectives and time of each rank.
#pragma once

#include <string>

#include "framework/assembly/forecast.h"

namespace tessera {

std::string collectives_text(const Config& config, const Forecast& forecast);
std::string flops_text(const Config& config, const Assembly& assembly, const Forecast& forecast);
std::string time_text(const Config& config, const Timeline& time, const Forecast& forecast);

}  // namespace tessera
