// storage: which values share memory. Views, donations and in-place results are resolved here, so that what follows
// deals with plain buffers: a size and the steps between which it is in use.
#pragma once

#include <string>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

/// A stretch of memory and the steps (node numbers) from which to which it holds something needed. Data inputs are there
/// from step -1 on; data outputs stay until step `nodes`.
struct StorageBuffer {
  int64_t bytes = 0;
  int first = 0, last = 0;
  std::string state;   // not empty: the memory of this state, outside the arena
  ValueId value = -1;  // the value that named it first, for messages
};

struct Storage {
  std::vector<StorageBuffer> buffers;
  std::vector<int> buffer_of;      // by value
  std::vector<int64_t> offset_of;  // by value: bytes into its buffer
  std::vector<Port>
      copies;  // stored states whose new value lies elsewhere: copied after the last step
};

/// InternalError when a donated value is read after it was overwritten, or a state is destroyed without being stored.
Storage assign_storage(const Graph& graph);

}  // namespace tessera
