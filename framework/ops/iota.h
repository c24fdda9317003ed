// iota: counts 0, 1, 2, … along one dim, alike over all other dims.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

Value iota(Graph& graph, TensorType type, int64_t dim, std::string_view name = "iota");

}  // namespace tessera
