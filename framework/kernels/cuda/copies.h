// Ops that move elements: any strided copy between two tensors, and filling.
#pragma once

#include "framework/kernels/cuda/shared/launch.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

struct CopyTask {
  int64_t count;
  int element_bytes;
  StridedDims dims;  // operand 0: the source, operand 1: the target
  int64_t from, to;  // elements before the first one, in source and target
  const void* source;
  void* target;
};

struct FillTask {
  int64_t count;
  int element_bytes;
  uint64_t bits;  // of the element
  void* target;
};

struct IotaTask {
  int64_t count, size, inner, first;  // element i is first + i / inner % size
  int element;                        // an Element
  void* target;
};

void run_copy(gpu::StreamHandle stream, const CopyTask& task);
void run_fill(gpu::StreamHandle stream, const FillTask& task);
void run_iota(gpu::StreamHandle stream, const IotaTask& task);

}  // namespace tessera::cuda
