#include "framework/mesh/layout.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

bool Layout::is_partial(AxisId axis) const {
  return std::find(partial.begin(), partial.end(), axis) != partial.end();
}

int Layout::dim_of(AxisId axis) const {
  for (size_t d = 0; d < split.size(); ++d)
    if (std::find(split[d].begin(), split[d].end(), axis) != split[d].end())
      return static_cast<int>(d);
  return -1;
}

Layout Layout::with_partial(AxisId axis, Reduction by) const {
  check(partial.empty() || reduction == by, "a value partial in sum and in max");
  Layout out = *this;
  out.reduction = by;
  out.partial.insert(std::lower_bound(out.partial.begin(), out.partial.end(), axis), axis);
  return out;
}

Layout Layout::without_partial(AxisId axis) const {
  Layout out = *this;
  std::erase(out.partial, axis);
  return out;
}

void check_layout(const Layout& layout, const Mesh& mesh) {
  std::vector<int> uses(mesh.axes().size(), 0);
  const auto use = [&](AxisId axis) {
    if (axis < 0 || static_cast<size_t>(axis) >= uses.size())
      internal_error("a layout of axis {} on {}", axis, to_string(mesh));
    check(++uses[static_cast<size_t>(axis)] == 1, "a layout uses the axis {} twice",
          mesh.name(axis));
  };
  for (const auto& axes : layout.split)
    for (AxisId axis : axes) use(axis);
  for (AxisId axis : layout.partial) use(axis);
  check(std::is_sorted(layout.partial.begin(), layout.partial.end()),
        "the partial axes of a layout are out of order");
}

Box box_of(const Shape& shape, const Layout& layout, const Mesh& mesh, int64_t rank) {
  check(shape.size() == layout.split.size(), "a layout of {} dims for {} of them",
        layout.split.size(), shape.size());
  Box box;
  for (size_t d = 0; d < shape.size(); ++d) {
    Range range{0, shape[d]};
    int64_t width = shape[d];  // padding included
    for (AxisId axis : layout.split[d]) {
      width = (width + mesh.size(axis) - 1) / mesh.size(axis);
      const int64_t begin = range.begin + width * mesh.coordinate(rank, axis);
      range = {std::min(begin, range.end), std::min(begin + width, range.end)};
    }
    box.dims.push_back(range);
  }
  return box;
}

Shape local_shape(const Shape& shape, const Layout& layout, const Mesh& mesh) {
  Shape out = shape;
  for (size_t d = 0; d < out.size(); ++d)
    for (AxisId axis : layout.split[d]) out[d] = (out[d] + mesh.size(axis) - 1) / mesh.size(axis);
  return out;
}

bool divides(const Shape& shape, const Layout& layout, const Mesh& mesh) {
  for (size_t d = 0; d < shape.size(); ++d) {
    int64_t parts = 1;
    for (AxisId axis : layout.split[d]) parts *= mesh.size(axis);
    if (shape[d] % parts != 0) return false;
  }
  return true;
}

std::string to_string(const Layout& layout, const Mesh& mesh) {
  const auto names = [&](const std::vector<AxisId>& axes, std::string_view between) {
    std::string out;
    for (AxisId axis : axes)
      out += fmt::format("{}{}", out.empty() ? "" : between, mesh.name(axis));
    return out;
  };
  std::string out = "[";
  for (size_t d = 0; d < layout.split.size(); ++d) {
    const auto& axes = layout.split[d];
    if (d > 0) out += ", ";
    out += axes.empty() ? "_" : axes.size() == 1 ? names(axes, "") : "(" + names(axes, " ") + ")";
  }
  out += "]";
  if (!layout.partial.empty())
    out += fmt::format(" +{}({})", layout.reduction == Reduction::sum ? "sum" : "max",
                       names(layout.partial, ", "));
  return out;
}

}  // namespace tessera
