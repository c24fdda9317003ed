// Place: where a rank's part begins, as text that is the same on all ranks: "dp*64+tp*32, 0" stands for
// coordinate(dp) · 64 + coordinate(tp) · 32 in the first dim and 0 in the second. So the ranks' graphs are one graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/mesh/mesh.h"

namespace tessera {

/// Where the part of an index of `size` begins that `axes` split, outermost first: "tp*128"; "0" without axes.
std::string place_of(int64_t size, const std::vector<AxisId>& axes, const Mesh& mesh);

/// Several dims' places as one text.
std::string join_places(const std::vector<std::string>& places);

/// The numbers of a place text for one rank; InternalError when it is none.
std::vector<int64_t> origin_of(std::string_view place, const Mesh& mesh, int64_t rank);

}  // namespace tessera
