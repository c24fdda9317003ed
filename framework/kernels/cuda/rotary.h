// rotary: pairs of a head turned by an angle that grows with the position.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

inline constexpr int kMostPairs = 256;

struct RotaryTask {
  int64_t rows, heads, pairs;  // rows are positions of sequences
  bool halves;                 // pairs are (i, i + pairs), otherwise (2i, 2i + 1)
  float magnitude;
  GpuTensor x, y;
  const int32_t* positions;
  double rates[kMostPairs];  // radians by position, negative to turn back
};

void run_rotary(gpu::StreamHandle stream, const RotaryTask& task);

}  // namespace tessera::cuda
