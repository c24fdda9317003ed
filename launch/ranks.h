// The ranks of a run as a verb sees them: the world that mpirun or srun made, or none, and this rank's share of its host.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "framework/comm/communicator.h"
#include "framework/config/config.h"
#include "framework/device/device.h"

namespace tessera {

class Ranks {
 public:
  /// Joins the others when this process was started as one of several. The config says how long they wait for one another.
  explicit Ranks(const MeshConfig& mesh = {});

  /// Null for a single process.
  World* world() const { return world_.get(); }
  int rank() const { return world_ ? world_->rank() : 0; }
  int size() const { return world_ ? world_->size() : 1; }
  bool leads() const { return rank() == 0; }
  /// How many ranks share this one's host, itself included.
  int on_this_host() const;

  /// The device with this rank's share of the host's cores and memory; what the launcher has bound already stays. Called
  /// by all ranks together.
  std::shared_ptr<Device> set_up(const DeviceConfig& config) const;

  /// Runs what every rank does and returns its status. What it throws on one rank ends all of them: the first cause is said
  /// once, by rank 0 if it can, and left as failure.txt in the folder of failures.
  int together(const std::function<int()>& body) const;
  /// From now on a failure is left in this folder, also one that is found when together() is over; nowhere before.
  void leave_failures_in(const std::filesystem::path& folder) const;

  /// A line to the user where tensor parallel ranks lie on several hosts; empty otherwise.
  std::string placement_warning(const Config& config) const;

 private:
  int share_of_cores() const;
  /// Says why the run is over. Called by whichever thread finds out first; a second one waits until it is said.
  void report(const std::string& cause, bool rank_0_reports) const;
  void say(const std::string& cause, bool rank_0_reports) const;
  std::filesystem::path failures() const;
  /// Ends the process of a failed run whose communication cannot be stopped.
  [[noreturn]] void end_stuck(const World::Verdict& verdict) const;

  std::filesystem::file_time_type begin_ = std::filesystem::file_time_type::clock::now();
  mutable std::mutex mutex_;
  mutable std::filesystem::path failures_;  // where they are left; empty: nowhere
  mutable std::once_flag reported_;
  std::unique_ptr<World> world_;
};

}  // namespace tessera
