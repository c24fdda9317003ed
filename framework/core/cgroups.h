// The control groups of the system that bind this process, and the CPU quota that they give it
// (versions 1 and 2). A batch system or a service sets limits on a group below the root, so all
// groups up to the root count.
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

/// The groups of a controller ("memory", "cpu") that bind this process: its own group and all
/// above, as far as this process can see them. `root` stands for `/`, for tests.
std::vector<Cgroup> cgroups_of(std::string_view controller,
                               const std::filesystem::path& root = "/");

/// Cores' worth of time that the tightest group grants; nullopt when no group has a quota.
std::optional<double> cpu_quota(const std::filesystem::path& root = "/");

}  // namespace tessera
