// overlap: lets collectives run while the program computes: each is started as soon as its operands exist and waited for
// where its result is first read. What moves states (sharded parameters, accumulated gradients) is started one ahead: when the
// one before has come.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Run last, on an ordered graph.
Graph overlap(const Graph& graph);

}  // namespace tessera
