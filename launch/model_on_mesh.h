// A model that is read, not trained, on the ranks of a run: each rank holds its part of one of the
// replicas that share the texts out.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "framework/device/device.h"
#include "framework/train/replica.h"
#include "launch/ranks.h"
#include "launch/source.h"

namespace tessera {

struct ModelOnMesh {
  ModelSource source;
  Config config;  // of one replica
  Replica replica;
  std::shared_ptr<Device> device;
};

/// The mesh that `--set mesh.KEY=VALUE` states, as far as it does: a model is read on whatever mesh
/// its ranks make up, not on that of its training. Throws UserError for keys that only training has.
MeshConfig stated_mesh(std::span<const std::string> sets);

/// Opens what the user named, on all ranks together. Rank 0 alone tells of notes and warnings.
/// Throws UserError where the mesh cannot hold the model, or ranks see other models.
ModelOnMesh open_on_mesh(const std::string& named, std::span<const std::string> sets,
                         const Ranks& ranks);
/// The same for a source that is opened already, without the sets that state the mesh.
ModelOnMesh on_mesh(ModelSource source, const MeshConfig& mesh, const Ranks& ranks);

/// `sets` without those that state the mesh.
std::vector<std::string> sets_of_model(std::span<const std::string> sets);

}  // namespace tessera
