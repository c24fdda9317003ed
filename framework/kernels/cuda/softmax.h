// softmax and log_softmax along one dim, and their gradients: a block of threads for each row.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

struct SoftmaxTask {
  int64_t rows, size;  // rows of `size` elements, neighbours of which are `inner` apart
  int64_t inner;       // rows before the next stretch of size · inner elements
  int threads;
  bool log;
  GpuTensor x, y;  // in the gradient y is the result of the forward op, and x is not used
  GpuTensor dy, dx;
};

void run_softmax(gpu::StreamHandle stream, const SoftmaxTask& task);
void run_softmax_grad(gpu::StreamHandle stream, const SoftmaxTask& task);

}  // namespace tessera::cuda
