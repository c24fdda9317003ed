// recompute: trades work for memory. Values that the backward pass reads are made again from what
// was kept, right before their first use there, instead of being held since the forward pass.
// Clones run the same kernels on the same bits (dropout's key included), so the loss does not
// change by a bit.
#pragma once

#include <string_view>

#include "framework/core/recompute.h"
#include "framework/graph/graph.h"

namespace tessera {

/// `loss` names the output whose making is the forward pass. Only values inside a layer
/// ("….layer.N.…") are remade.
Graph recompute(Graph graph, Recompute policy, std::string_view loss = "loss");

}  // namespace tessera
