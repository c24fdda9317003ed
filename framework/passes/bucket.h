// bucket: joins collectives of one kind along one axis into one message. Reductions of gradients wait for their neighbours
// until a bucket is full or a result is needed, and what only adds them to a state waits for the next bucket; accumulated
// gradients fill buckets in the order in which they are read; sharded parameters of one layer are gathered together.
// Nothing is copied: a collective takes a list of tensors.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// `bytes`: a bucket with that much in it is sent. Run on an ordered graph.
Graph bucket(const Graph& graph, int64_t bytes);

}  // namespace tessera
