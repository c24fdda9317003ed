// partition: the graph of one rank, from a graph and its layouts: local shapes, and collectives
// where layouts change. All ranks have the same graph; where a rank's place matters, a node says so
// by its attribute `place` (mesh/place.h).
//
// A value is moved to a layout once, however many users want it there, in the forward pass and in
// the backward pass apart: the backward pass gathers again what the forward pass gathered, unless
// recompute keeps it. Values made from nothing (constants, random numbers) are made in the layout
// that is wanted.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "framework/graph/graph.h"
#include "framework/passes/shard.h"

namespace tessera {

/// A value of the local graph, as a part of a value of the source graph.
struct LocalValue {
  enum class Form {
    kept,   // as the users of the source value find it
    made,   // as its node left it, before it is moved or summed
    moved,  // a copy in another layout
  };
  std::string source;  // name in the source graph
  Shape whole;
  Layout layout;
  Form form = Form::kept;
  /// The narrower type to which the addends of this sum were rounded on their way between ranks.
  std::optional<DType> wire = {};
};

/// LocalValue by name in the local graph.
using LocalValues = std::map<std::string, LocalValue>;

/// The local graph. `loss` names the output whose making is the forward pass. `values`, when given,
/// receives what each local value is of the source graph's.
Graph partition(const Graph& graph, const Mesh& mesh, const Sharding& sharding,
                std::string_view loss = "loss", LocalValues* values = nullptr);

/// The LocalValues of a graph that is not cut.
LocalValues whole_values(const Graph& graph);

/// `graph` with places turned into numbers for one rank: the attribute `origin`.
Graph bind_places(const Graph& graph, const Mesh& mesh, int64_t rank);

}  // namespace tessera
