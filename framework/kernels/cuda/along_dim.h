// Ops along one dim that are neither elementwise nor reductions: cumsum, argmax, top_k.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

/// Lines of `size` elements, which are `inner` apart; line l begins at l / inner · size · inner + l
/// % inner.
struct LineTask {
  int64_t lines, size, inner;
  bool reverse;  // of cumsum
  int64_t k;     // of top_k
  GpuTensor x, y;
  int32_t* indices;
};

void run_cumsum(gpu::StreamHandle stream, const LineTask& task);
void run_argmax(gpu::StreamHandle stream, const LineTask& task);
void run_top_k(gpu::StreamHandle stream, const LineTask& task);

}  // namespace tessera::cuda
