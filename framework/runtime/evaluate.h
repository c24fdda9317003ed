// evaluate runs a graph node by node, with one buffer per value and no plan. It is slow and plain:
// the oracle that planned runs are compared with, and the way tests run an op.
#pragma once

#include <map>
#include <string>

#include "framework/graph/graph.h"
#include "framework/runtime/tensor.h"

namespace tessera {

using Tensors = std::map<std::string, Tensor>;

/// The graph's outputs by name, from its inputs by name. Ops that have no kernel on
/// `profile.backend` are replaced by their composites. Throws UserError when an input is missing or
/// has another type, or when an op has neither kernel nor composite.
Tensors evaluate(const Graph& graph, const Tensors& inputs, const DeviceProfile& profile);

}  // namespace tessera
