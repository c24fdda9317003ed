// Random tokens in the shape of a model's batches, for benchmarks that need no data.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "models/model.h"

namespace tessera {

std::unique_ptr<Batches> make_random_batches(const Models& models, const Config& config,
                                             int64_t vocab);

/// `count` numbers below `below`, keyed by (the run's seed, name, step), for ModelDef::random_feed.
std::vector<int32_t> draw_tokens(const Config& config, std::string_view name, uint64_t step,
                                 int64_t count, int64_t below);

}  // namespace tessera
