// linear: y = act(x · W + bias) + residual, the dense layer together with what follows it, in one
// op so that a kernel can do all of it while the tile is in cache. Models build it with a bias at
// most; `fuse` adds activation and residual.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// x (.., K) times the weight, stored (N, K) as every framework stores dense layers; `bias` (N) may
/// be an empty Value.
Value linear(Value x, Value weight, Value bias = {}, std::string_view name = "linear");

}  // namespace tessera
