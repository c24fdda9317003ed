// Writes a Feed into the inputs of a graph: all of it, or the part that a rank takes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "framework/runtime/session.h"
#include "models/feed.h"

namespace tessera {

/// Which part of each input a rank takes. `inputs` holds layouts by "GRAPH.INPUT"; an input without
/// one is taken whole.
struct FeedParts {
  Mesh mesh = {};
  int64_t rank = 0;
  std::map<std::string, Layout> inputs = {};
};

/// Writes a feed, or this rank's part of it, into the inputs of a graph. Throws InternalError when
/// rows of that part are missing.
void write_feed(const Feed& feed, Session& session, std::string_view graph,
                const FeedParts& parts = {});

}  // namespace tessera
