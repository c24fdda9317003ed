// The control groups of the system that bind this process, and the CPU quota that they give it (versions 1 and 2). A batch
// system or a service sets limits on a group of its own, not at the root: all groups up to the root count.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace tessera {

struct Cgroup {
  std::filesystem::path folder;
  int version = 2;
};

/// The groups of a controller ("memory", "cpu"): this process's own and all above it, as far as they can be seen from here.
/// `root` stands for `/`, for tests.
std::vector<Cgroup> cgroups_of(std::string_view controller,
                               const std::filesystem::path& root = "/");

/// Cores' worth of time that the tightest group grants; none where there is no quota.
std::optional<double> cpu_quota(const std::filesystem::path& root = "/");

}  // namespace tessera
