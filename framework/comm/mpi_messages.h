// The collectives of a group whose ranks are on several hosts, by point-to-point messages of MPI
// between pairs of ranks. In a large all_reduce every rank sums its part of each chunk in the order
// of the ranks and sends the result to all. Several chunks are under way at once, in memory that
// the group has from the start. A call's label travels ahead of its first chunk, and nothing is
// taken from calls that differ. Only the thread that owns MPI calls these functions, and none of
// them waits: advance() does what can be done now.
#pragma once

#include <mpi.h>

#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "framework/comm/call_label.h"
#include "framework/comm/chunks.h"

namespace tessera {

/// Throws UserError with MPI's text when a call failed.
void require_mpi(int result, std::string_view what);

class MpiMessages {
 public:
  /// The number of tags that a group uses, from `tag` on.
  static constexpr int kTags = 3;
  /// The most bytes that a group's chunks under way take.
  static constexpr int64_t kStagingBytes = 32 << 20;

  /// `peers` are the ranks in `communicator` that make up the group, in its order; `rank` is this
  /// rank's place among them.
  MpiMessages(MPI_Comm communicator, std::vector<int> peers, int rank, int tag);

  void start(Collective call);
  bool advance();
  /// Collectives that are done since the last call; they end in the order in which they started.
  int take_finished();
  bool idle() const { return calls_.empty(); }
  /// The ranks that the oldest collective may wait for: all others of the group.
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

  struct Call {
    Call(Collective collective, int ranks, int64_t part_bytes)
        : chunks(std::move(collective), ranks, part_bytes * (ranks + 1), part_bytes) {}
    Chunks chunks;
    CallLabel label;
    std::vector<CallLabel> others;  // every rank's
    std::vector<MPI_Request> receives, sends;
    bool agreed = false;  // whether all ranks are known to start the same call
  };

  /// Sends the call's label and asks for those of the other ranks.
  void exchange_labels(Call& call);
  /// Compares calls as far as their labels have come; throws when two differ.
  void compare_labels();
  bool launch();
  bool land(Flight& flight);
  void send(std::vector<MPI_Request>& requests, const void* data, int64_t bytes, int peer, int tag,
            const Chunks& call);
  void receive(std::vector<MPI_Request>& requests, void* data, int64_t bytes, int peer, int tag,
               const Chunks& call);
  static bool done(std::vector<MPI_Request>& requests, const Chunks& call);
  const Chunks& chunks(const Flight& flight) const { return calls_[flight.call].chunks; }
  bool sums_parts(const Chunks& call) const;
  /// Places in the flight's slot: for what goes to a rank, for what came from it, and for results.
  char* outgoing(const Flight& flight, int rank);
  char* incoming(const Flight& flight, int rank) { return place(flight, 1, rank); }
  char* result(const Flight& flight, int rank) { return place(flight, 2, rank); }
  char* place(const Flight& flight, int row, int rank);
  void sum(Flight& flight);
  void take(Flight& flight);

  MPI_Comm communicator_;
  std::vector<int> peers_;
  int rank_;
  int tag_;
  int64_t part_bytes_;  // the longest message
  std::deque<Call> calls_;
  std::deque<Flight> flights_;
  size_t next_call_ = 0, next_slot_ = 0;
  int64_t next_chunk_ = 0;
  std::unique_ptr<char[]> staging_;
  int finished_ = 0;
};

}  // namespace tessera
