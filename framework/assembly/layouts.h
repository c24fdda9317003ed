// Layouts of a run: what its config's mesh and data_parallel settings mean for each state. They say
// which states are whole, which are split over the data parallel ranks as well, and what becomes of
// gradients.
#pragma once

#include "framework/config/config.h"
#include "framework/graph/program.h"
#include "framework/passes/shard.h"
#include "models/layout.h"
#include "models/parameters.h"

namespace tessera {

/// The axes of more than one rank, in the order of kMeshAxes. Sizes that are auto count as one:
/// call resolve_mesh first.
Mesh mesh_of(const Config& config);

/// The mesh with the sizes of all axes as numbers for a run of `ranks`; throws UserError when the
/// sizes do not make them up.
MeshConfig resolve_sizes(MeshConfig mesh, int64_t ranks);

/// The config with its mesh resolved, and checked (UserError). Where dp is auto and comes out as one, data_parallel is its default:
/// one rank divides nothing.
Config resolve_mesh(Config config, int64_t ranks);

/// Throws InternalError where a note of the model's layout names an axis that does not exist, or
/// fits nothing that the model has. `program` is the model's training program, before it is split.
void check_notes(const ModelLayout& model, const Program& program,
                 const std::vector<Parameter>& parameters);

/// What shard is to know of the states of `program` and of values by name, from the model's layout.
ShardWishes wishes_of(const ModelLayout& model, const Config& config, const Mesh& mesh,
                      const Program& program, const std::vector<Parameter>& parameters);

/// The layout of optimizer state and of whatever else is sharded: that in which the parameter is
/// computed with, split over dp along the outermost dim that divides, inside of what tp splits
/// already. Small tensors are not split further.
Layout sharded_layout(const Shape& shape, const Layout& compute, const Mesh& mesh);

}  // namespace tessera
