// cross_entropy, its gradient and class_statistics: a block of threads for each row of logits.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

struct LossTask {
  int64_t rows, classes;
  int64_t first, whole;  // the classes held are those from `first` on, of `whole`
  int threads;
  float smoothing;
  GpuTensor logits, dlogits;
  const int32_t* labels;
  const float *weights, *lse_in, *dloss;
  float *loss, *lse, *picked;
};

void run_cross_entropy(gpu::StreamHandle stream, const LossTask& task);
void run_cross_entropy_grad(gpu::StreamHandle stream, const LossTask& task);
void run_class_statistics(gpu::StreamHandle stream, const LossTask& task);

}  // namespace tessera::cuda
