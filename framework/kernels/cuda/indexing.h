// gather, take_along, scatter_add and update_slice: ops in which operands say where elements lie.
// A bad index ends the launch with an error.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

/// A tensor seen as [outer, size, inner] about the dim that is indexed.
struct IndexTask {
  int64_t outer, size,
      inner;            // of x (gather, take_along), of the target (scatter_add, update_slice)
  int64_t taken;        // how many slices the indices name, or the update has
  int64_t lists;        // lists of indices, or starts, shared out evenly over `outer`
  int64_t fixed_start;  // of update_slice; -1: there are starts
  int element_bytes;    // of what is moved
  const int32_t* indices;
  const void* source;
  void* target;
  GpuTensor base, updates, sum;  // of scatter_add
};

void run_gather(gpu::StreamHandle stream, const IndexTask& task);
void run_take_along(gpu::StreamHandle stream, const IndexTask& task);
void run_update_slice(gpu::StreamHandle stream, const IndexTask& task);
void run_scatter_add(gpu::StreamHandle stream, const IndexTask& task);

}  // namespace tessera::cuda
