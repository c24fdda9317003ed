// Feed: the data inputs of one run of a graph, by name: what a batch looks like to a model.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/runtime/session.h"

namespace tessera {

struct Feed {
  std::vector<std::pair<std::string, std::vector<int32_t>>> integers;
  std::vector<std::pair<std::string, std::vector<float>>> reals;

  /// Writes all of it into the inputs of a graph.
  void write(Session& session, std::string_view graph) const;
};

}  // namespace tessera
