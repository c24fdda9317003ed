// bucket: joins collectives of one kind along one axis into one message. Reductions of gradients
// wait for their neighbours until a bucket is full or a result is needed, and nodes that only add
// such a result to a state wait until the next bucket is sent. Accumulated gradients fill buckets
// in the order in which they are read. Sharded parameters of one layer are gathered together.
// Nothing is copied: a collective takes a list of tensors.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Runs on an ordered graph. A bucket is sent when it holds `bytes` or more.
Graph bucket(const Graph& graph, int64_t bytes);

}  // namespace tessera
