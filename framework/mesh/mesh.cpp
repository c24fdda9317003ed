#include "framework/mesh/mesh.h"

#include <charconv>
#include <set>

#include "framework/core/error.h"

namespace tessera {

Mesh::Mesh(std::vector<MeshAxis> axes) : axes_(std::move(axes)) {
  std::set<std::string_view> names;
  for (const MeshAxis& axis : axes_) {
    require(!axis.name.empty(), "a mesh axis needs a name, such as dp or tp");
    require(names.insert(axis.name).second, "the mesh names the axis '{}' twice", axis.name);
    require(axis.size >= 1, "the mesh axis '{}' has at least one rank, not {}", axis.name,
            axis.size);
  }
}

int64_t Mesh::size() const {
  int64_t size = 1;
  for (const MeshAxis& axis : axes_) size *= axis.size;
  return size;
}

AxisId Mesh::axis(std::string_view name) const {
  for (size_t i = 0; i < axes_.size(); ++i)
    if (axes_[i].name == name) return static_cast<AxisId>(i);
  user_error("there is no mesh axis '{}'; the mesh is {}", name, to_string(*this));
}

int64_t Mesh::stride(AxisId axis) const {
  int64_t stride = 1;
  for (size_t i = static_cast<size_t>(axis) + 1; i < axes_.size(); ++i) stride *= axes_[i].size;
  return stride;
}

int64_t Mesh::coordinate(int64_t rank, AxisId axis) const {
  return rank / stride(axis) % size(axis);
}

std::vector<int64_t> Mesh::coordinate(int64_t rank) const {
  check(rank >= 0 && rank < size(), "rank {} of {}", rank, size());
  std::vector<int64_t> out;
  for (size_t i = 0; i < axes_.size(); ++i) out.push_back(coordinate(rank, static_cast<AxisId>(i)));
  return out;
}

int64_t Mesh::rank(const std::vector<int64_t>& coordinate) const {
  check(coordinate.size() == axes_.size(), "a coordinate of {} numbers on {}", coordinate.size(),
        to_string(*this));
  int64_t rank = 0;
  for (size_t i = 0; i < axes_.size(); ++i) {
    check(coordinate[i] >= 0 && coordinate[i] < axes_[i].size, "place {} on axis {} of {}",
          coordinate[i], axes_[i].name, to_string(*this));
    rank = rank * axes_[i].size + coordinate[i];
  }
  return rank;
}

std::vector<int64_t> Mesh::group(int64_t rank, AxisId axis) const {
  std::vector<int64_t> out;
  const int64_t step = stride(axis), first = rank - coordinate(rank, axis) * step;
  for (int64_t i = 0; i < size(axis); ++i) out.push_back(first + i * step);
  return out;
}

std::string to_string(const Mesh& mesh) {
  std::string out;
  for (const MeshAxis& axis : mesh.axes())
    out += fmt::format("{}{}={}", out.empty() ? "" : ",", axis.name, axis.size);
  return out.empty() ? "1" : out;
}

Mesh parse_mesh(std::string_view text) {
  if (text == "1") return {};
  std::vector<MeshAxis> axes;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    const size_t equals = part.find('=');
    int64_t size = 0;
    const auto [rest, error] = std::from_chars(part.data() + std::min(part.size(), equals + 1),
                                               part.data() + part.size(), size);
    require(equals != std::string_view::npos && equals > 0 && error == std::errc() &&
                rest == part.data() + part.size(),
            "'{}' is not a mesh; write it such as dp=4,tp=2", text);
    axes.push_back({std::string(part.substr(0, equals)), size});
    begin = end + 1;
  }
  return Mesh(std::move(axes));
}

}  // namespace tessera
