// What an update of the parameters takes: adamw, sgd, clip_scale and learning_rate. All scalars
// stay on the device, the decision to skip an update among them.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

struct UpdateTask {
  int64_t count;
  bool adamw, wide_number;  // wide_number: the update's number is an i64
  double beta1, beta2, eps, decay, momentum;
  GpuTensor gradient;
  const float *learning_rate, *clip_scale;
  const void* number;
  const uint8_t* apply;
  float *parameter, *first, *second;  // m and v, or the momentum's buffer; null where there is none
  gpu::Bf16* copy;                    // of the parameter; null where there is none
};

/// Sums of squares whose addresses fit into one launch.
inline constexpr int kSquaresOfLaunch = 256;

struct ClipTask {
  int count;
  bool first, last;  // of several launches: the sum goes from one to the next
  double max_norm;
  const float* squares[kSquaresOfLaunch];
  double* sum;
  float *scale, *norm;
  uint8_t* apply;
};

struct RateTask {
  enum class Shape : int32_t { cosine, linear, constant, wsd };
  Shape shape;
  bool wide_update;
  double peak, final_ratio;
  int64_t warmup, total, decay;
  const void* update;
  float* rate;
};

void run_update(gpu::StreamHandle stream, const UpdateTask& task);
void run_clip_scale(gpu::StreamHandle stream, const ClipTask& task);
void run_learning_rate(gpu::StreamHandle stream, const RateTask& task);

}  // namespace tessera::cuda
