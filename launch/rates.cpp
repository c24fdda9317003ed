#include "launch/rates.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "framework/config/mesh_axes.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

struct Unit {
  const char* name;
  double size;
};

const std::vector<Unit> kBandwidths{{"bit/s", 0.125},       {"kbit/s", 125.0}, {"Mbit/s", 125e3},
                                    {"Gbit/s", 125e6},      {"Tbit/s", 125e9}, {"B/s", 1.0},
                                    {"KB/s", 1e3},          {"MB/s", 1e6},     {"GB/s", 1e9},
                                    {"TB/s", 1e12},         {"KiB/s", 1024.0}, {"MiB/s", 1048576.0},
                                    {"GiB/s", 1073741824.0}};
const std::vector<Unit> kTimes{{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}};
const std::vector<Unit> kFlops{
    {"FLOP/s", 1.0}, {"MFLOP/s", 1e6}, {"GFLOP/s", 1e9}, {"TFLOP/s", 1e12}, {"PFLOP/s", 1e15}};

/// Reads a number with one of `units`. Zero is allowed when `zero` is set. The value must be within
/// the range of real machines: with rates 10^30 apart, a computed time would not be a number.
double quantity(const std::string& text, const std::vector<Unit>& units, bool zero,
                const char* option, const char* example) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string unit(rest, end);
  for (const Unit& known : units)
    if (error == std::errc() && unit == known.name && std::isfinite(number) &&
        (zero ? number == 0 || number * known.size >= 1e-12 : number * known.size >= 1) &&
        number * known.size <= (zero ? 1e5 : 1e24))
      return number * known.size;
  user_error("plan: {}: '{}' is no such figure; write it such as {}", option, text, example);
}

std::vector<std::string> cut(const std::string& text, char at) {
  std::vector<std::string> out{""};
  for (char c : text) {
    if (c == at)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::map<std::string, Link> parse_links(const std::string& text) {
  std::map<std::string, Link> out;
  for (const std::string& part : cut(text, ',')) {
    const auto sides = cut(part, '=');
    const auto figures = cut(sides.back(), ':');
    require(sides.size() == 2 && !sides[0].empty() && figures.size() == 2,
            "plan: --links: '{}' is no link; write it such as dp=1Gbit/s:50us", part);
    const bool fresh =
        out.emplace(sides[0],
                    Link{quantity(figures[0], kBandwidths, false, "--links", "20GB/s or 1Gbit/s"),
                         quantity(figures[1], kTimes, true, "--links", "5us or 0us")})
            .second;
    require(fresh, "plan: --links names {} twice", sides[0]);
  }
  return out;
}

/// The number of ranks of a group of this axis that are on the host of the group's first rank.
int64_t on_one_host(const Mesh& mesh, AxisId axis, int64_t ranks_per_host) {
  int64_t count = 0;
  for (int64_t rank : mesh.group(0, axis)) count += rank < ranks_per_host ? 1 : 0;
  return count;
}

}  // namespace

Rates parse_rates(const std::string& flops, const std::string& links, const Mesh& mesh,
                  int64_t ranks_per_host) {
  Rates out;
  out.flops = quantity(flops, kFlops, false, "--flops", "100GFLOP/s");
  const auto given = links.empty() ? std::map<std::string, Link>() : parse_links(links);
  const auto intra = given.find("intra"), inter = given.find("inter");
  for (const auto& [name, link] : given)
    if (name != "intra" && name != "inter" && !find_mesh_axis(name)) mesh.axis(name);
  if (ranks_per_host == 0) {
    ranks_per_host = 1;
    for (const MeshAxis& axis : mesh.axes())
      if (axis.name == kTensorAxis.name) ranks_per_host = axis.size;
  }
  for (AxisId axis = 0; axis < static_cast<AxisId>(mesh.axes().size()); ++axis) {
    const std::string& name = mesh.name(axis);
    const int64_t here = on_one_host(mesh, axis, ranks_per_host), size = mesh.size(axis);
    const auto own = given.find(name), used = here == size ? intra : inter;
    require(own != given.end() || used != given.end(),
            "plan: --links says nothing of the axis {} ({} ranks, {} of them on one host); add "
            "{}=… or {}=…",
            name, size, here, name, here == size ? "intra" : "inter");
    Link link = own != given.end() ? own->second : used->second;
    // All ranks of a host send at once, and each sends as much to every other rank of its group.
    if (own == given.end() && here < size)
      link.bytes_per_second *=
          static_cast<double>(size - 1) / static_cast<double>((size - here) * ranks_per_host);
    out.links[name] = link;
  }
  return out;
}

}  // namespace tessera
