#include "launch/mesh_option.h"

#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/mesh/mesh.h"

namespace tessera {

MeshOption::MeshOption(const std::string& text) {
  const Mesh mesh = parse_mesh(text);
  for (const MeshAxis& axis : mesh.axes()) {
    require(axis.name == "dp" || axis.name == "tp",
            "--mesh {}: there is no axis '{}'; write dp and tp, such as dp=64,tp=8", text,
            axis.name);
    (axis.name == "dp" ? dp : tp) = axis.size;
  }
}

std::vector<std::string> MeshOption::settings() const {
  return {fmt::format("mesh.dp={}", dp), fmt::format("mesh.tp={}", tp)};
}

}  // namespace tessera
