// Draws by Philox (framework/core/random.h): dropout drops what the CPU drops, and random_normal
// gives the CPU's bits wherever its vectors have fused multiply-adds (AVX2 and later).
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

/// Where the elements of a part lie in the whole; see framework/core/part.h.
struct Placement {
  int64_t first;            // where the first element lies
  StridedDims dims;         // of the part, with the strides of the whole
  int64_t room[kMostDims];  // places of each dim that lie inside the whole
};

struct DropoutTask {
  int64_t count, whole;
  uint64_t key;
  uint32_t threshold;  // words below it drop
  float scale;         // of what is kept
  bool wide_step, wide_part;
  Placement places;
  GpuTensor x, y;
  const void *step, *part;  // part: null where there is none
};

struct NormalTask {
  int64_t count;
  uint64_t key;
  float deviation;
  Placement places;
  float* out;
};

void run_dropout(gpu::StreamHandle stream, const DropoutTask& task);
void run_random_normal(gpu::StreamHandle stream, const NormalTask& task);

}  // namespace tessera::cuda
