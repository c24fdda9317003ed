// The collectives of a group whose ranks share memory. Every rank stages what it gives into its
// slots, chunk by chunk in turn, and takes what it gets from the others' slots; in a large
// all_reduce, it sums one part of each chunk in between. Several chunks, even of several
// collectives, are under way at once. No function here waits: advance() does what can be done now.
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
  /// `segments` are those of the group's ranks, in its order; `rank` is this rank's place among
  /// them.
  SharedGroup(std::vector<SharedSegment*> segments, int rank, uint64_t group);

  void start(Collective call);
  /// Does what can be done now; returns whether there was anything to do. Throws InternalError when
  /// the ranks' calls differ.
  bool advance();
  /// Collectives that are done since the last call; they end in the order in which they started.
  int take_finished();
  bool idle() const { return calls_.empty(); }
  /// The ranks of the group that the oldest collective waits for: those that have not staged its
  /// next chunk.
  std::vector<int> awaited() const;

 private:
  /// A chunk: its number in the group, its collective, and its number in that collective.
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
  /// Whether the marks of all ranks have reached `number`.
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
