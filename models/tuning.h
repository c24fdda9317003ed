// Tuning: which parameters of a model are trained: tune.freeze.
#pragma once

#include <string>
#include <vector>

#include "framework/config/config.h"
#include "models/parameters.h"

namespace tessera {

/// The parameters that tune.freeze leaves. Throws UserError for what names no parameter, and where
/// nothing is left.
std::vector<Parameter> trained_parameters(const Config& config,
                                          const std::vector<Parameter>& parameters);

/// "frozen: …", with what each pattern names; empty where nothing is frozen.
std::string frozen_text(const Config& config, const std::vector<Parameter>& parameters);

}  // namespace tessera
