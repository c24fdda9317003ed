// Feed: the data inputs of one run of a graph, by name: what a batch looks like to a model.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "framework/runtime/session.h"

namespace tessera {

/// Which part of each input a rank takes: by "GRAPH.INPUT"; whole where none is named.
struct FeedParts {
  Mesh mesh = {};
  int64_t rank = 0;
  std::map<std::string, Layout> inputs = {};
};

struct Feed {
  std::vector<std::pair<std::string, std::vector<int32_t>>> integers;
  std::vector<std::pair<std::string, std::vector<float>>> reals;
  /// The rows that it holds of every input but scalars; empty: all.
  Range rows = {};

  /// Writes all of it, or this rank's part, into the inputs of a graph. InternalError when rows of that part are missing.
  void write(Session& session, std::string_view graph, const FeedParts& parts = {}) const;
};

}  // namespace tessera
