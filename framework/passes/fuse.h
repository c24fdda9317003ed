// fuse: gives a dense layer what follows it, so that its kernel does it while the result is in cache: the activation
// (keeping the pre-activation as a second result where the gradient reads it) and the residual addition.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

Graph fuse(const Graph& graph);

}  // namespace tessera
