#include "launch/ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "framework/assembly/device.h"
#include "framework/assembly/layouts.h"
#include "framework/comm/agreement.h"
#include "framework/comm/mpi.h"
#include "framework/config/choices.h"
#include "framework/config/mesh_axes.h"
#include "framework/core/threads.h"
#include "framework/record/failure.h"
#include "framework/record/run_folder.h"
#include "launch/core_share.h"

namespace tessera {

namespace {

/// Tells launch/run that ranks have failed: without the mark launch/run waits for mpirun, since
/// ranks on other hosts may still be at work. On another host the mark cannot be made, which is no
/// error.
void tell_launcher() {
  if (const char* file = std::getenv("TESSERA_FAILURE_MARK"))
    if (std::FILE* mark = std::fopen(file, "w")) std::fclose(mark);
}

}  // namespace

Ranks::Ranks(const MeshConfig& mesh) {
  if (started_by_mpi())
    world_ =
        make_mpi_world({.limits = {.silence = mesh.silence_limit, .hang = mesh.hang_limit},
                        .stuck = [this](const World::Verdict& verdict) { end_stuck(verdict); }});
}

void Ranks::leave_failures_in(const std::filesystem::path& folder) const {
  const std::lock_guard lock(mutex_);
  failures_ = folder;
}

std::filesystem::path Ranks::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

int Ranks::together(const std::function<int()>& body) const {
  if (!world_) return body();
  try {
    // After the barrier all ranks are connected, and each can hear why the run ends.
    world_->all().barrier();
    return body();
  } catch (const std::exception& error) {
    world_->give_up(explained(error));  // an earlier failure remains the cause
    const auto verdict = world_->verdict();
    const bool shared = dynamic_cast<const SharedError*>(&error) || !verdict;
    report(shared ? explained(error) : verdict->cause, verdict && verdict->told_by_leader);
    return is_bug(error) ? 1 : 2;
  }
}

void Ranks::report(const std::string& cause, bool rank_0_reports) const {
  std::call_once(reported_, [&] { say(cause, rank_0_reports); });
}

void Ranks::say(const std::string& cause, bool rank_0_reports) const {
  const std::filesystem::path folder = failures();
  tell_launcher();
  if (leads()) {
    if (!folder.empty()) RunFolder::save_failure(folder, cause);
  } else {
    if (rank_0_reports) return;
    // The delay grows with the rank, so that the lowest rank alive reports first.
    std::this_thread::sleep_for(std::chrono::milliseconds(50) * std::min(rank() - 1, 10));
    if (!folder.empty() && !RunFolder::save_failure_once(folder, cause, begin_)) return;
  }
  std::fflush(stdout);
  // The screen may be gone with mpirun; the run ends in the usual way nevertheless.
  std::fputs(fmt::format("tessera: error: {}\n", cause).c_str(), stderr);
}

void Ranks::end_stuck(const World::Verdict& verdict) const {
  report(verdict.cause, verdict.told_by_leader);
  std::fflush(nullptr);
  std::_Exit(2);
}

int Ranks::on_this_host() const {
  if (!world_) return 1;
  const auto& hosts = world_->hosts();
  return static_cast<int>(
      std::count(hosts.begin(), hosts.end(), hosts[static_cast<size_t>(world_->rank())]));
}

int Ranks::share_of_cores() const {
  const std::vector<CoreSet> all = allowed_cores(*world_);
  const auto& hosts = world_->hosts();
  const auto me = static_cast<size_t>(world_->rank());
  std::vector<CoreSet> here;
  size_t mine = 0;
  for (size_t rank = 0; rank < all.size(); ++rank) {
    if (hosts[rank] != hosts[me]) continue;
    if (rank == me) mine = here.size();
    here.push_back(all[rank]);
  }
  const int share = core_share(here, mine);
  // A container may have a quota of time, which all ranks in the container share.
  const bool quota = available_cores() < static_cast<int>(all[me].count());
  return quota ? std::clamp(available_cores() / on_this_host(), 1, share) : share;
}

std::shared_ptr<Device> Ranks::set_up(const DeviceConfig& config) const {
  const int ranks = on_this_host();
  require(size() == 1 || config.type == DeviceConfig::Type::cpu,
          "device.type: {} runs in one process so far, and this run has {}: start it without "
          "launch/run or mpirun, with mesh.dp: 1 and mesh.tp: 1",
          choice_name(config.type), size());
  const int share = world_ ? share_of_cores() : available_cores();
  return make_device(config, ranks, share);
}

std::string Ranks::placement_warning(const Config& config) const {
  const Mesh mesh = mesh_of(config);
  if (!world_ || config.mesh.tp_size() == 1) return "";
  for (int64_t rank = 0; rank < mesh.size(); ++rank) {
    std::set<std::string> hosts;
    for (int64_t other : mesh.group(rank, mesh.axis(kTensorAxis.name)))
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
