// final_copies: the end of a run, when new states that were made elsewhere move to where they live.
// They move as if all at once (two states may change places), and a result that is an old state is
// saved before that state is overwritten.
#pragma once

#include <vector>

#include "framework/plan/storage.h"

namespace tessera {

/// Fills in `storage.outputs` and `storage.copies` (adding buffers where something must be set
/// aside). `moved` lists the stored outputs that do not lie in their state's buffer yet.
void add_final_copies(const Graph& graph, const std::vector<Port>& moved, Storage& storage);

}  // namespace tessera
