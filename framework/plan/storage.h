// storage: which values share memory. Views, donations and in-place results are resolved here, so
// that what follows deals with plain buffers: a size and the steps between which it is in use.
// States have one buffer each, outside the arena. A new state is made in that buffer where the old
// one is done with by then, and otherwise copied to it after the last step.
#pragma once

#include <string>
#include <vector>

#include "framework/graph/query.h"

namespace tessera {

/// A stretch of memory, and the first and last step (node numbers) at which it holds something
/// needed. Data inputs are there from step -1 on; data outputs stay until step `nodes`.
struct StorageBuffer {
  int64_t bytes = 0;
  int first = 0, last = 0;
  SharedText state;  // not empty: the memory of this state
  SharedText name;   // for messages: name of the value that it was made for
  ValueIds values;   // values in the buffer, in the order in which they are made
};

struct StoragePlace {
  int buffer = -1;
  int64_t offset = 0;  // bytes into the buffer
  bool operator==(const StoragePlace&) const = default;
};

/// Bytes moved after the last step, to the start of a buffer.
struct StorageCopy {
  StoragePlace from;
  int to = -1;
  int64_t bytes = 0;
};

struct Storage {
  std::vector<StorageBuffer> buffers;
  std::vector<StoragePlace> values;   // by value
  std::vector<StoragePlace> outputs;  // by output of the graph: where it lies in the end
  std::vector<StorageCopy> copies;    // to be done in this order
};

/// Throws InternalError when a value that a step overwrites is read by that step or a later one, or
/// when a state is overwritten and not stored.
Storage assign_storage(const Graph& graph);

}  // namespace tessera
