// A group of ranks of an MPI world. The program starts collectives and waits for them, and the
// world's progress thread moves them on: through shared memory where all ranks of the group are on
// one host, by messages otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/comm/communicator.h"
#include "framework/comm/mpi_messages.h"
#include "framework/comm/progress.h"
#include "framework/comm/shared_group.h"

namespace tessera {

class MpiWorld;

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator(MpiWorld& world, std::vector<int64_t> ranks);

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(ranks_.size()); }

  // The progress thread alone calls these four.
  void take_started();
  bool advance();
  bool idle() const { return shared_ ? shared_->idle() : messages_->idle(); }
  bool by_messages() const { return messages_.has_value(); }
  /// Adds this group to a rank's beat; the caller holds the mutex of the progress.
  void report(Beat& beat) const { tickets_.report(number_, beat); }
  uint64_t number() const { return number_; }

 private:
  Ticket post(Collective call) override;
  void complete(Ticket ticket) override { tickets_.wait(ticket); }

  MpiWorld& world_;
  std::vector<int64_t> ranks_;
  int rank_ = 0;
  uint64_t number_;  // the group's, equal on all its ranks
  Tickets tickets_;
  std::vector<Collective> started_;  // not yet seen by the progress thread
  std::optional<SharedGroup> shared_;
  std::optional<MpiMessages> messages_;
};

}  // namespace tessera
