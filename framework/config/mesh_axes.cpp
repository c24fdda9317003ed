#include "framework/config/mesh_axes.h"

#include <fmt/format.h>

namespace tessera {

std::string mesh_axes_text() {
  std::string out;
  for (size_t i = 0; i < kMeshAxes.size(); ++i)
    out += fmt::format("{}{}",
                       i == 0                     ? ""
                       : i + 1 < kMeshAxes.size() ? ", "
                                                  : " and ",
                       kMeshAxes[i].name);
  return out;
}

std::vector<std::string> mesh_settings(const MeshConfig& sizes) {
  std::vector<std::string> out;
  for (const ConfigAxis& axis : kMeshAxes)
    out.push_back(fmt::format("mesh.{}={}", axis.name, (sizes.*axis.size).value_or(1)));
  return out;
}

}  // namespace tessera
