#include "launch/mesh_option.h"

#include "framework/config/mesh_axes.h"
#include "framework/core/error.h"
#include "framework/mesh/mesh.h"

namespace tessera {

MeshConfig mesh_option(const std::string& text) {
  MeshConfig out;
  for (const ConfigAxis& axis : kMeshAxes) out.*axis.size = 1;
  const Mesh mesh = parse_mesh(text);
  for (const MeshAxis& axis : mesh.axes()) {
    const ConfigAxis* known = find_mesh_axis(axis.name);
    require(known != nullptr, "--mesh {}: there is no axis '{}'; write {}, such as dp=64,tp=8",
            text, axis.name, mesh_axes_text());
    out.*known->size = axis.size;
  }
  return out;
}

}  // namespace tessera
