// The collectives of a group whose ranks share memory. Every rank stages what it gives into its slots, chunk by chunk in
// turn, and takes from the others' slots what it gets; of an all_reduce it sums one part of each chunk between. Several
// chunks, of several collectives too, are under way at once. Nothing here waits: advance() does what can be done now.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "framework/comm/chunks.h"
#include "framework/comm/shared_segment.h"

namespace tessera {

class SharedGroup {
 public:
  /// `segments`: of the ranks of the group, in its order; `rank` is this one's place.
  SharedGroup(std::vector<SharedSegment*> segments, int rank, uint64_t group);

  void start(Collective call);
  /// Whether something could be done. Throws InternalError when the ranks' calls differ.
  bool advance();
  /// Collectives that are done since the last call; they end in the order in which they started.
  int take_finished();
  bool idle() const { return calls_.empty(); }
  /// The ranks of the group that the oldest collective waits for.
  std::vector<int> awaited() const;

 private:
  /// A chunk: the group's number for it, its collective, and its place in that.
  struct Cursor {
    uint64_t number = 0;
    size_t call = 0;  // in calls_
    int64_t chunk = 0;
  };

  bool connect();
  const Chunks& chunks(const Cursor& cursor) const { return calls_[cursor.call]; }
  bool has_work(const Cursor& cursor) const { return cursor.call < calls_.size(); }
  void step(Cursor& cursor) const;
  char* slot(int rank, const Cursor& cursor) const;
  /// Whether all ranks have got so far.
  bool reached(std::atomic<uint64_t> GroupArea::*mark, uint64_t number) const;

  bool stage();
  bool sum();
  bool take();
  void compare_calls(const Cursor& cursor) const;
  void publish(std::atomic<uint64_t> GroupArea::*mark, uint64_t number);

  std::vector<SharedSegment*> segments_;
  std::vector<GroupArea*> areas_;
  int rank_;
  uint64_t group_;
  bool connected_ = false;
  std::deque<Chunks> calls_;
  Cursor staging_, summing_, taking_;
  int finished_ = 0;
  std::vector<const void*> sources_;
  std::vector<char> scratch_;
};

}  // namespace tessera
