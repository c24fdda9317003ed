// Small meshes and every layout of a tensor on them.
#pragma once

#include "framework/mesh/layout.h"

namespace tessera::testing {

/// Adds every way in which the axes `left` split dims, in every order, or are partial, or neither.
inline void add_layouts(const Mesh& mesh, std::vector<AxisId> left, Layout layout,
                        std::vector<Layout>& out) {
  out.push_back(layout);
  for (size_t i = 0; i < left.size(); ++i) {
    const AxisId axis = left[i];
    std::vector<AxisId> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    for (size_t d = 0; d < layout.split.size(); ++d) {
      Layout next = layout;
      next.split[d].push_back(axis);
      add_layouts(mesh, rest, next, out);
    }
    if (!layout.is_partial(axis)) add_layouts(mesh, rest, layout.with_partial(axis), out);
  }
}

inline std::vector<Layout> all_layouts(const Mesh& mesh, size_t rank) {
  std::vector<AxisId> axes;
  for (size_t i = 0; i < mesh.axes().size(); ++i) axes.push_back(static_cast<AxisId>(i));
  std::vector<Layout> found, out;
  add_layouts(mesh, axes, Layout::whole(rank), found);
  for (const Layout& layout : found)
    if (std::find(out.begin(), out.end(), layout) == out.end()) out.push_back(layout);
  return out;
}

inline std::vector<Mesh> small_meshes() {
  return {Mesh(),
          Mesh({{"dp", 1}}),
          Mesh({{"dp", 3}}),
          Mesh({{"dp", 2}, {"tp", 2}}),
          Mesh({{"dp", 2}, {"tp", 3}}),
          Mesh({{"pp", 2}, {"dp", 2}, {"tp", 2}})};
}

}  // namespace tessera::testing
