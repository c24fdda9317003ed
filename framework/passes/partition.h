// partition: the graph of one rank, from a graph and its layouts: local shapes, and collectives where layouts change. It is
// the same graph on every rank; where a rank's place matters a node says so by its attribute `place` (see mesh/place.h).
//
// A value is moved to a layout once, however many users want it there, in the forward pass and in the backward pass apart:
// what the forward pass gathered is gathered again there, unless recompute keeps it. What is made from nothing (constants,
// random numbers) is made in the layout that is wanted.
#pragma once

#include <map>
#include <string>

#include "framework/graph/graph.h"
#include "framework/passes/shard.h"

namespace tessera {

/// A value of the local graph as a part of one of the source graph's.
struct LocalValue {
  enum class Form {
    kept,   // as its users find it
    made,   // as its node left it, before it is moved or summed
    moved,  // a copy in another layout
  };
  std::string source;  // the name there
  Shape whole;
  Layout layout;
  Form form = Form::kept;
};

/// By name in the local graph.
using LocalValues = std::map<std::string, LocalValue>;

/// `loss` names the output whose making is the forward pass. `values`, when given, is told what became of which value.
Graph partition(const Graph& graph, const Mesh& mesh, const Sharding& sharding,
                std::string_view loss = "loss", LocalValues* values = nullptr);

/// The same of a graph that is not cut.
LocalValues whole_values(const Graph& graph);

/// The same graph with places turned into numbers for one rank: the attribute `origin`.
Graph bind_places(const Graph& graph, const Mesh& mesh, int64_t rank);

}  // namespace tessera
