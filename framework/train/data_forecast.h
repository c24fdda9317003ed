// How long the data of a run lasts, told before it starts.
#pragma once

#include <string>

#include "framework/config/config.h"
#include "models/batches.h"

namespace tessera {

/// One line for each source: its share of the run's samples, and how many times it is read. Throws
/// UserError when the data ends before the training does. Empty where tokens are random.
std::string data_forecast(const Config& config, const Batches& batches);

}  // namespace tessera
