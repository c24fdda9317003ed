#include "framework/kernels/cuda/rotary.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 128;

struct Turn {
  float cos, sin;
};

/// The angle is reduced in double, since positions are large.
__device__ Turn turn_of(double angle) {
  constexpr double kHalfPi = 1.57079632679489661923;
  const double quarters = rint(angle * (1 / kHalfPi));
  const auto rest = static_cast<float>(angle - quarters * kHalfPi);
  const float c = cosf(rest), s = sinf(rest);
  switch (static_cast<int64_t>(quarters) & 3) {
    case 0:
      return {c, s};
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    default:
      return {s, -c};
  }
}

/// A block for each position, a thread for each pair, in all heads.
__global__ void __launch_bounds__(kThreads) rotary(RotaryTask task) {
  const int64_t r = gpu::block_index(), width = 2 * task.pairs;
  const double position = task.positions[r];
  for (int64_t i = gpu::thread_index(); i < task.pairs; i += kThreads) {
    const Turn turn = turn_of(position * task.rates[i]);
    const float c = turn.cos * task.magnitude, s = turn.sin * task.magnitude;
    for (int64_t h = 0; h < task.heads; ++h) {
      const int64_t head = (r * task.heads + h) * width;
      const int64_t first = head + (task.halves ? i : 2 * i),
                    second = first + (task.halves ? task.pairs : 1);
      const float a = get_float(task.x, first), b = get_float(task.x, second);
      set_float(task.y, first, a * c - b * s);
      set_float(task.y, second, b * c + a * s);
    }
  }
}

}  // namespace

void run_rotary(gpu::StreamHandle stream, const RotaryTask& task) {
  gpu::launch({"rotary", stream, task.rows, kThreads}, rotary, task);
}

}  // namespace tessera::cuda
