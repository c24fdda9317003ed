#include "framework/core/cgroups.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// The number in a quota file; nullopt when the file says "max" or -1.
std::optional<double> limit_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

std::vector<Cgroup> cgroups_of(std::string_view controller, const fs::path& root) {
  std::vector<Cgroup> found;
  const fs::path base = root / "sys/fs/cgroup";
  const std::string wanted = "," + std::string(controller) + ",";
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {  // id:controllers:/path
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool version1 = controllers.find(wanted) != std::string::npos;
    if (!version1 && controllers != ",,") continue;
    const fs::path mount = version1 ? base / controller : base;
    // In a container the path may name folders that only the host sees; then those folders above it
    // count that exist.
    for (fs::path path = fs::path(line.substr(second + 1)).relative_path();;
         path = path.parent_path()) {
      found.push_back({mount / path, version1 ? 1 : 2});
      if (path.empty()) break;
    }
  }
  return found;
}

std::optional<double> cpu_quota(const fs::path& root) {
  std::optional<double> least;
  for (const Cgroup& group : cgroups_of("cpu", root)) {
    std::string quota;
    double period = 0;
    if (group.version == 2) {
      std::ifstream(group.folder / "cpu.max") >> quota >> period;
    } else {
      std::ifstream(group.folder / "cpu.cfs_quota_us") >> quota;
      std::ifstream(group.folder / "cpu.cfs_period_us") >> period;
    }
    const auto limit = limit_of(quota);
    if (limit && period > 0) least = std::min(least.value_or(*limit / period), *limit / period);
  }
  return least;
}

}  // namespace tessera
