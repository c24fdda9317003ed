#include "framework/mesh/place.h"

#include <charconv>

#include "framework/core/error.h"

namespace tessera {

std::string place_of(int64_t size, const std::vector<AxisId>& axes, const Mesh& mesh) {
  std::string out;
  for (AxisId axis : axes) {
    check(size % mesh.size(axis) == 0, "{} does not divide into {} parts along {}", size,
          mesh.size(axis), mesh.name(axis));
    size /= mesh.size(axis);
    out += fmt::format("{}{}*{}", out.empty() ? "" : "+", mesh.name(axis), size);
  }
  return out.empty() ? "0" : out;
}

std::string join_places(const std::vector<std::string>& places) {
  std::string out;
  for (const std::string& place : places) out += (out.empty() ? "" : ", ") + place;
  return out;
}

std::vector<int64_t> origin_of(std::string_view place, const Mesh& mesh, int64_t rank) {
  const auto term = [&](std::string_view text) -> int64_t {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (text == "0") return 0;
    const size_t star = text.find('*');
    int64_t factor = 0;
    check(star != std::string_view::npos, "'{}' is not a place", place);
    const auto [end, error] =
        std::from_chars(text.data() + star + 1, text.data() + text.size(), factor);
    check(error == std::errc() && end == text.data() + text.size(), "'{}' is not a place", place);
    return factor * mesh.coordinate(rank, mesh.axis(text.substr(0, star)));
  };
  std::vector<int64_t> out{0};
  for (size_t begin = 0; begin <= place.size();) {
    const size_t end = std::min(place.find_first_of("+,", begin), place.size());
    out.back() += term(place.substr(begin, end - begin));
    if (end < place.size() && place[end] == ',') out.push_back(0);
    begin = end + 1;
  }
  return out;
}

}  // namespace tessera
