// overlap: lets collectives run while the program computes: each is started as soon as its operands
// exist and waited for where its result is first read. Collectives that move states (sharded
// parameters, accumulated gradients) are started one ahead: when the previous one has come.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Runs last, on an ordered graph.
Graph overlap(const Graph& graph);

}  // namespace tessera
