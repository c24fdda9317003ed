// The collectives of a group whose ranks are on several hosts, by point-to-point messages of MPI: pairwise, every rank
// sums its part of each chunk in the order of the ranks and sends it to all. Some chunks are under way at once. Only the
// thread that owns MPI calls this; nothing here waits: advance() does what can be done now.
#pragma once

#include <mpi.h>

#include <deque>
#include <string_view>
#include <vector>

#include "framework/comm/chunks.h"

namespace tessera {

/// Throws UserError with MPI's text when a call failed.
void require_mpi(int result, std::string_view what);

class MpiMessages {
 public:
  /// `peers`: the ranks of `communicator` that are the group, in its order; `rank` is this one's place. Messages of the
  /// group have the tags `tag` and `tag` + 1.
  MpiMessages(MPI_Comm communicator, std::vector<int> peers, int rank, int tag);

  void start(Collective call);
  bool advance();
  /// Collectives that are done since the last call; they end in the order in which they started.
  int take_finished();
  bool idle() const { return calls_.empty(); }
  /// The ranks of the group that the oldest collective waits for.
  std::vector<int> awaited() const;

 private:
  /// A chunk under way.
  struct Flight {
    enum class Stage { parts, results };
    size_t call = 0;  // in calls_
    int64_t chunk = 0;
    size_t slot = 0;
    Stage stage = Stage::parts;
    std::vector<MPI_Request> receives, sends;
  };

  bool launch();
  bool land(Flight& flight);
  void send(Flight& flight, const void* data, int64_t bytes, int peer, int tag);
  void receive(Flight& flight, void* data, int64_t bytes, int peer, int tag);
  bool done(std::vector<MPI_Request>& requests, const Flight& flight) const;
  const Chunks& chunks(const Flight& flight) const { return calls_[flight.call]; }
  bool sums_parts(const Chunks& call) const;
  /// Places in the flight's slot: what goes to a rank, what came from it, and results.
  char* outgoing(const Flight& flight, int rank);
  char* incoming(const Flight& flight, int rank);
  char* result(const Flight& flight, int rank);
  void sum(Flight& flight);
  void take(Flight& flight);

  MPI_Comm communicator_;
  std::vector<int> peers_;
  int rank_;
  int tag_;
  int64_t slot_bytes_;
  std::deque<Chunks> calls_;
  std::deque<Flight> flights_;
  size_t next_call_ = 0, next_slot_ = 0;
  int64_t next_chunk_ = 0;
  std::vector<std::vector<char>> slots_;
  int finished_ = 0;
};

}  // namespace tessera
