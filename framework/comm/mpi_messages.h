// The collectives of a group whose ranks are on several hosts, by point-to-point messages of MPI: pairwise, every rank
// sums its part of each chunk in the order of the ranks and sends it to all. Some chunks are under way at once, in memory
// that the group has from the start. Ahead of a call's first chunk goes its label: nothing is taken from calls that
// differ. Only the thread that owns MPI calls this; nothing here waits: advance() does what can be done now.
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
  /// Tags that a group uses, from `tag` on.
  static constexpr int kTags = 3;
  /// Bytes that a group's chunks under way take, at most; less where messages have their full length.
  static constexpr int64_t kStagingBytes = 32 << 20;

  /// `peers`: the ranks of `communicator` that are the group, in its order; `rank` is this one's place.
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

  struct Call {
    Call(Collective collective, int ranks, int64_t part_bytes)
        : chunks(std::move(collective), ranks, part_bytes * (ranks + 1), part_bytes) {}
    Chunks chunks;
    CallLabel label;
    std::vector<CallLabel> others;  // of every rank
    std::vector<MPI_Request> receives, sends;
    bool agreed = false;  // all ranks start the same
  };

  /// Sends the call's label and asks for the others'.
  void exchange_labels(Call& call);
  /// Compares calls as far as the labels are here; throws when two differ.
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
  /// Places in the flight's slot: what goes to a rank, what came from it, and results.
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
