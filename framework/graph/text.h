// A graph as text: one line per input, node and output, in order. The text is stable (the same
// graph gives the same text in every process), complete (parsing it gives an equal graph back) and
// made to be diffed.
#pragma once

#include <string>
#include <string_view>

#include "framework/graph/graph.h"

namespace tessera {

std::string to_string(const Graph& graph);

/// The inverse of to_string. Throws a UserError with the line's number when the text is not a
/// graph.
Graph parse_graph(std::string_view text);

/// A hash of the graph's text; equal graphs have equal hashes in every process.
uint64_t hash(const Graph& graph);

}  // namespace tessera
