// The ranks of a run as a verb sees them: the world that mpirun or srun made, if any, and this
// rank's share of its host.
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
  /// Joins the other ranks when this process was started as one of several. `mesh` says how long
  /// the ranks wait for one another.
  explicit Ranks(const MeshConfig& mesh = {});

  /// Null for a single process.
  World* world() const { return world_.get(); }
  int rank() const { return world_ ? world_->rank() : 0; }
  int size() const { return world_ ? world_->size() : 1; }
  bool leads() const { return rank() == 0; }
  /// How many ranks run on the host of this rank, including itself.
  int on_this_host() const;

  /// The device with this rank's share of the host's cores and memory. A binding that the launcher
  /// made stays as it is. All ranks must call this function together.
  std::shared_ptr<Device> set_up(const DeviceConfig& config) const;

  /// Runs `body`, which every rank runs, and returns the status of the process. An exception on one
  /// rank ends all ranks. The first cause is printed once, by rank 0 if possible, and left as
  /// failure.txt in the folder that leave_failures_in() names.
  int together(const std::function<int()>& body) const;
  /// Names the folder for failure.txt. It holds from this call on, also for a failure that is found
  /// after together() has ended; before this call a failure is left nowhere.
  void leave_failures_in(const std::filesystem::path& folder) const;

  /// A warning for the user when tensor parallel ranks lie on several hosts; empty otherwise.
  std::string placement_warning(const Config& config) const;

 private:
  int share_of_cores() const;
  /// Reports why the run is over. Whichever thread finds out first calls this function; a second
  /// caller waits until the report is made.
  void report(const std::string& cause, bool rank_0_reports) const;
  void say(const std::string& cause, bool rank_0_reports) const;
  std::filesystem::path failures() const;
  /// Ends the process of a failed run whose communication cannot be stopped.
  [[noreturn]] void end_stuck(const World::Verdict& verdict) const;

  std::filesystem::file_time_type begin_ = std::filesystem::file_time_type::clock::now();
  mutable std::mutex mutex_;
  /// The folder for failure.txt; empty when a failure is to be left nowhere.
  mutable std::filesystem::path failures_;
  mutable std::once_flag reported_;
  std::unique_ptr<World> world_;
};

}  // namespace tessera
