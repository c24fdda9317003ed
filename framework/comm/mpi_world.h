// The world behind make_mpi_world: its life from MPI_Init to MPI_Finalize, its groups, and the
// thread that owns MPI and makes all progress. How a world starts (hosts, shared memory, the
// control channel) is in mpi_start.cpp.
#pragma once

#include <mpi.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "framework/comm/control.h"
#include "framework/comm/mpi.h"
#include "framework/comm/mpi_communicator.h"
#include "framework/comm/progress.h"
#include "framework/comm/shared_segment.h"

namespace tessera {

class MpiWorld final : public World {
 public:
  explicit MpiWorld(const MpiOptions& options);
  ~MpiWorld() override;
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  const std::vector<std::string>& hosts() const override { return hosts_; }
  Communicator& group(std::span<const int64_t> ranks) override;
  void give_up(std::string_view reason) override;
  Times times() const override;
  std::optional<Verdict> verdict() const override;

 private:
  friend class MpiCommunicator;

  void run(const MpiOptions& options);
  void begin(const MpiOptions& options);
  /// Opens the shared memory of this host's ranks. Returns whether this rank is the one to warn
  /// that they cannot share memory.
  bool share_memory(const MpiOptions& options);
  void open_control(const MpiOptions& options);
  void close_control();
  Beat beat();
  void make_progress();
  void look_for_failures();
  /// Whether the process that started this one, mpirun or its daemon, is gone.
  bool orphaned() const;
  void fail(std::string_view reason);
  /// The reason with this rank and its host in front.
  std::string named(std::string_view reason) const;
  void end();
  /// The first of the tags of the group with that number.
  int tag_of(uint64_t number);

  pid_t parent_ = getppid();
  int rank_ = 0, size_ = 1;
  std::vector<std::string> hosts_;
  MPI_Comm communicator_ = MPI_COMM_NULL;
  uint64_t last_tag_ = 32767;
  std::set<int> tags_;
  SharedSegment own_;
  std::map<int64_t, SharedSegment> neighbours_;  // the other ranks of this host
  mutable Progress progress_;
  bool ready_ = false;     // MPI has started
  bool stopping_ = false;  // guarded by the mutex, as are ready_, new_groups_ and all_groups_
  std::map<std::vector<int64_t>, std::unique_ptr<Communicator>> groups_;
  std::vector<MpiCommunicator*> new_groups_, all_groups_;
  std::vector<MpiCommunicator*> running_;  // the progress thread's own
  std::mutex failing_;
  std::unique_ptr<Control> control_;
  std::thread thread_;
};

}  // namespace tessera
