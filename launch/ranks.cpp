#include "launch/ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "framework/comm/mpi.h"
#include "framework/core/threads.h"
#include "framework/train/device.h"
#include "framework/train/layouts.h"

namespace tessera {

Ranks::Ranks() {
  if (started_by_mpi()) world_ = make_mpi_world();
}

int Ranks::on_this_host() const {
  if (!world_) return 1;
  const auto& hosts = world_->hosts();
  return static_cast<int>(
      std::count(hosts.begin(), hosts.end(), hosts[static_cast<size_t>(world_->rank())]));
}

DeviceProfile Ranks::set_up(DeviceConfig config) const {
  const int ranks = on_this_host();
  const bool bound =
      available_cores() * ranks <= static_cast<int>(std::thread::hardware_concurrency());
  if (!config.threads && ranks > 1)
    config.threads = std::max(1, bound ? available_cores() : available_cores() / ranks);
  DeviceProfile profile = set_up_device(config);
  if (!config.memory) profile.memory_bytes /= static_cast<size_t>(ranks);
  return profile;
}

std::string Ranks::placement_warning(const Config& config) const {
  const Mesh mesh = mesh_of(config);
  if (!world_ || config.mesh.tp_size() == 1) return "";
  for (int64_t rank = 0; rank < mesh.size(); ++rank) {
    std::set<std::string> hosts;
    for (int64_t other : mesh.group(rank, mesh.axis("tp")))
      hosts.insert(world_->hosts()[static_cast<size_t>(other)]);
    if (hosts.size() > 1)
      return fmt::format(
          "warning: tensor parallel ranks lie on several hosts ({}): every layer waits for the "
          "network between them. Give each host a multiple of mesh.tp = {} ranks, in a row",
          fmt::join(hosts, ", "), config.mesh.tp_size());
  }
  return "";
}

}  // namespace tessera
