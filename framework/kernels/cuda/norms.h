// layer_norm and rms_norm over the last dim, and their gradients: a block of threads for each row.
// Gradients of gains and biases are summed over stretches of rows first, then over the stretches.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

struct NormTask {
  int64_t rows, size;
  int threads;
  bool centred;  // layer_norm, which takes off the mean and has a bias
  float eps;
  GpuTensor x, gain, bias, y;
  float *mean, *rstd;  // of each row
};

struct NormGradTask {
  int64_t rows, size, rows_of_stretch, stretches;
  int threads;
  bool centred;
  bool sums_fit;  // the sums of a stretch, into shared memory
  GpuTensor x, gain, dy, dx;
  GpuTensor extra;  // what is added to dx; nothing where its address is null
  const float *mean, *rstd;
  /// Sums that a stretch has: one for each place of each vector of a row, for gains and then for
  /// biases.
  int64_t sums_of_stretch;
  float* sums;  // [stretches][sums_of_stretch]
  float *dgain, *dbias;
};

void run_norm(gpu::StreamHandle stream, const NormTask& task);
void run_norm_grad(gpu::StreamHandle stream, const NormGradTask& task);

}  // namespace tessera::cuda
