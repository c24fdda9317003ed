// Mesh: the ranks of a run as a grid with named axes, such as dp=4 × tp=2. It is pure arithmetic:
// rank ↔ coordinate, and the group of ranks along an axis. The last axis varies fastest, so that
// its groups are neighbours: ranks of one host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct MeshAxis {
  std::string name;
  int64_t size = 1;
  bool operator==(const MeshAxis&) const = default;
};

/// An axis by its position in Mesh::axes().
using AxisId = int;

class Mesh {
 public:
  /// A mesh of one rank, without axes.
  Mesh() = default;
  /// Throws UserError when a name is empty or given twice, or a size is below 1.
  explicit Mesh(std::vector<MeshAxis> axes);

  const std::vector<MeshAxis>& axes() const { return axes_; }
  int64_t size() const;
  int64_t size(AxisId axis) const { return axes_[static_cast<size_t>(axis)].size; }
  const std::string& name(AxisId axis) const { return axes_[static_cast<size_t>(axis)].name; }

  /// The axis called `name`; throws a UserError that shows the mesh when there is no such axis.
  AxisId axis(std::string_view name) const;

  /// The place of a rank along each axis, and the rank at such places.
  std::vector<int64_t> coordinate(int64_t rank) const;
  int64_t rank(const std::vector<int64_t>& coordinate) const;
  int64_t coordinate(int64_t rank, AxisId axis) const;

  /// The ranks that differ from `rank` along `axis` alone, `rank` included, ordered by their place
  /// on the axis.
  std::vector<int64_t> group(int64_t rank, AxisId axis) const;

  bool operator==(const Mesh&) const = default;

 private:
  int64_t stride(AxisId axis) const;

  std::vector<MeshAxis> axes_;
};

/// "dp=4,tp=2"; "1" for a single rank.
std::string to_string(const Mesh& mesh);
Mesh parse_mesh(std::string_view text);

}  // namespace tessera
