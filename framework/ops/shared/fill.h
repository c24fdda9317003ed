// fill: a tensor of one repeated value, by the op `constant`.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

Value fill(Graph& graph, double value, TensorType type, std::string_view name = "fill");

}  // namespace tessera
