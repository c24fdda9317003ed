// partition: the graph of one rank, from a graph and its layouts: local shapes, and collectives where layouts change. It is
// the same graph on every rank; where a rank's place matters a node says so by its attribute `place` (see mesh/place.h).
//
// A value is moved to a layout once, however many users want it there, in the forward pass and in the backward pass apart:
// what the forward pass gathered is gathered again there, unless recompute keeps it. What is made from nothing (constants,
// random numbers) is made in the layout that is wanted.
#pragma once

#include "framework/graph/graph.h"
#include "framework/passes/shard.h"

namespace tessera {

/// `loss` names the output whose making is the forward pass.
Graph partition(const Graph& graph, const Mesh& mesh, const Sharding& sharding,
                std::string_view loss = "loss");

/// The same graph with places turned into numbers for one rank: the attribute `origin`.
Graph bind_places(const Graph& graph, const Mesh& mesh, int64_t rank);

}  // namespace tessera
