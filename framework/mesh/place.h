// Place: where a rank's part begins, as text that is the same on all ranks: "dp*64+tp*32, 0" stands
// for coordinate(dp) · 64 + coordinate(tp) · 32 in the first dim and 0 in the second. With places
// the graphs of all ranks are one graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/mesh/mesh.h"

namespace tessera {

/// Where a rank's part begins of an index of `size` that `axes` split, outermost first: "tp*128";
/// "0" without axes.
std::string place_of(int64_t size, const std::vector<AxisId>& axes, const Mesh& mesh);

/// One text with the places of several dims.
std::string join_places(const std::vector<std::string>& places);

/// The numbers that a place text has on one rank; throws InternalError when the text is not a
/// place.
std::vector<int64_t> origin_of(std::string_view place, const Mesh& mesh, int64_t rank);

}  // namespace tessera
