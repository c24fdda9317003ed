// Layouts of a run: what its config's mesh and data_parallel settings mean for each state: which are whole, which are split
// over the data parallel ranks as well, and what becomes of gradients.
#pragma once

#include "framework/config/config.h"
#include "framework/graph/program.h"
#include "framework/passes/shard.h"
#include "models/layout.h"
#include "models/parameters.h"

namespace tessera {

/// The axes of more than one rank, dp before tp. Sizes that are auto count as one: resolve_mesh first.
Mesh mesh_of(const Config& config);

/// The config with mesh.dp and mesh.tp as numbers for a run of `ranks`; UserError when they cannot be.
Config resolve_mesh(Config config, int64_t ranks);

/// What shard is to know of the states of `program` and of values by name, from the model's layout.
ShardWishes wishes_of(const ModelLayout& model, const Config& config, const Mesh& mesh,
                      const Program& program, const std::vector<Parameter>& parameters);

/// Where optimizer state and whatever else is sharded lies: as the parameter is computed with, and split over dp along the
/// outermost dim that divides, inside of what tp splits already; small tensors stay as they are.
Layout sharded_layout(const Shape& shape, const Layout& compute, const Mesh& mesh);

}  // namespace tessera
