// order: the order in which nodes run, chosen for memory. What is made from nothing but states, inputs and constants is
// made right before its first use instead of where the builder wrote it; all else keeps program order. The result is one
// static order, the same in every process.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

Graph order(const Graph& graph);

}  // namespace tessera
