// The axes that a mesh may have, in its order: groups along the last axis are neighbours, ranks of
// one host. Whatever walks over all axes takes them from here: the mesh of a config, --mesh,
// --links, the check of layouts.
#pragma once

#include <array>
#include <string_view>

#include "framework/config/config.h"

namespace tessera {

struct ConfigAxis {
  std::string_view name;
  std::optional<int64_t> MeshConfig::*size;  // auto: the ranks that the others leave
};

/// The axis that splits the batch and, with data_parallel.shard, also states and gradients.
inline constexpr ConfigAxis kDataAxis{"dp", &MeshConfig::dp};
/// The axis that splits what layers are made of: heads, the MLP, the vocabulary.
inline constexpr ConfigAxis kTensorAxis{"tp", &MeshConfig::tp};

inline constexpr std::array kMeshAxes{kDataAxis, kTensorAxis};

/// The axis of that name; nullptr when there is none.
constexpr const ConfigAxis* find_mesh_axis(std::string_view name) {
  for (const ConfigAxis& axis : kMeshAxes)
    if (axis.name == name) return &axis;
  return nullptr;
}

/// "dp and tp", for messages.
std::string mesh_axes_text();

/// "mesh.dp=64" and "mesh.tp=8", as `--set` gives them; axes of which `sizes` says nothing are 1.
std::vector<std::string> mesh_settings(const MeshConfig& sizes);

}  // namespace tessera
