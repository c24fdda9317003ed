// order: the order in which nodes run, chosen for memory. Nodes on which no output depends are left
// out. A value made from nothing but states, inputs and constants is made right before its first
// use instead of where the builder wrote it. A node that only ends in a state (a gradient added to
// its accumulator) runs as soon as its operands are there, so that they can go. All other nodes
// keep program order. The result is one static order, the same in every process.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

Graph order(const Graph& graph);

}  // namespace tessera
