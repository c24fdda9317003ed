// The settings in a run's config that could be changed to save memory.
#pragma once

#include "framework/config/config.h"
#include "framework/runtime/fit.h"

namespace tessera {

FitSettings fit_settings(const Config& config);

}  // namespace tessera
