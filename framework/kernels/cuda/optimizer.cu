#include "framework/kernels/cuda/optimizer.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMostBlocks = 1024;

__device__ int64_t integer_at(const void* at, bool wide) {
  return wide ? *static_cast<const int64_t*>(at) : *static_cast<const int32_t*>(at);
}

/// The factors of an update, in float; rest1 is 1 - beta1 of the exact beta1, likewise rest2.
struct Rates {
  float beta1, rest1, beta2, rest2, eps, clip, keep, step, correction, momentum;
};

__device__ Rates rates_of(const UpdateTask& task) {
  const double lr = *task.learning_rate;
  Rates rates{};
  rates.clip = *task.clip_scale;
  rates.keep = static_cast<float>(1 - lr * task.decay);
  rates.momentum = static_cast<float>(task.momentum);
  rates.step = static_cast<float>(lr);
  if (!task.adamw) return rates;
  const auto t = static_cast<double>(integer_at(task.number, task.wide_number));
  rates.beta1 = static_cast<float>(task.beta1);
  rates.rest1 = static_cast<float>(1 - task.beta1);
  rates.beta2 = static_cast<float>(task.beta2);
  rates.rest2 = static_cast<float>(1 - task.beta2);
  rates.eps = static_cast<float>(task.eps);
  rates.step = static_cast<float>(lr / (1 - pow(task.beta1, t)));
  rates.correction = static_cast<float>(1 / sqrt(1 - pow(task.beta2, t)));
  return rates;
}

/// Makes new values of kVector parameters from element i on.
__device__ void update_vector(const UpdateTask& task, const Rates& rates, int64_t i) {
  const GpuTensor parameter{task.parameter, Element::f32}, first{task.first, Element::f32},
      second{task.second, Element::f32}, copy{task.copy, Element::bf16};
  const int count = vector_count(i, task.count);
  float p[kVector], g[kVector], m[kVector] = {}, v[kVector] = {};
  get_floats(parameter, i, count, true, p);
  get_floats(task.gradient, i, count, true, g);
  if (task.first) get_floats(first, i, count, true, m);
  if (task.adamw) get_floats(second, i, count, true, v);
#pragma unroll
  for (int j = 0; j < kVector; ++j) {
    g[j] *= rates.clip;
    if (task.adamw) {
      m[j] = rates.beta1 * m[j] + rates.rest1 * g[j];
      v[j] = rates.beta2 * v[j] + rates.rest2 * (g[j] * g[j]);
      p[j] = rates.keep * p[j] - rates.step * m[j] / (sqrtf(v[j]) * rates.correction + rates.eps);
    } else {
      m[j] = rates.momentum * m[j] + g[j];
      p[j] = rates.keep * p[j] - rates.step * m[j];
    }
  }
  set_floats(parameter, i, count, true, p);
  if (task.first) set_floats(first, i, count, true, m);
  if (task.adamw) set_floats(second, i, count, true, v);
  if (task.copy) set_floats(copy, i, count, true, p);
}

__global__ void __launch_bounds__(kThreads) update(UpdateTask task) {
  auto& rates = *gpu::shared_memory<Rates>();
  if (!*task.apply) return;  // of all threads
  if (gpu::thread_index() == 0) rates = rates_of(task);
  if (!TESSERA_PLANT(update_without_barrier)) gpu::barrier();
  const Rates mine = rates;
  for (int64_t i = (gpu::block_index() * kThreads + gpu::thread_index()) * kVector; i < task.count;
       i += gpu::grid_blocks() * kThreads * kVector)
    update_vector(task, mine, i);
}

struct ClipShared {
  float squares[kSquaresOfLaunch];
};

/// Adds the squares up in order, in double.
__global__ void __launch_bounds__(kSquaresOfLaunch) clip_scale(ClipTask task) {
  auto& shared = *gpu::shared_memory<ClipShared>();
  const int me = gpu::thread_index();
  if (me < task.count) shared.squares[me] = *task.squares[me];
  gpu::barrier();
  if (me != 0) return;
  double sum = task.first ? 0 : *task.sum;
  for (int i = 0; i < task.count; ++i) sum += shared.squares[i];
  if (!task.last) {
    *task.sum = sum;
    return;
  }
  const double norm = sqrt(sum);
  const bool finite = norm <= 1.7976931348623157e308;
  double scale = 1;
  if (task.max_norm > 0 && task.max_norm < norm + 1e-6) scale = task.max_norm / (norm + 1e-6);
  *task.scale = finite ? static_cast<float>(scale) : 0;
  *task.norm = static_cast<float>(norm);
  *task.apply = finite;
}

/// What Schedule::rate (framework/core/schedule.h) gives.
__global__ void __launch_bounds__(gpu::kWarp) learning_rate(RateTask task) {
  if (gpu::thread_index() != 0) return;
  const int64_t update = integer_at(task.update, task.wide_update);
  const int64_t rise = task.warmup > 1 ? task.warmup : 1;
  double rate = task.peak;
  if (update <= rise) {
    rate = task.peak * static_cast<double>(update > 0 ? update : 0) / static_cast<double>(rise);
  } else if (task.shape != RateTask::Shape::constant) {
    const int64_t fall = task.total - task.decay;
    const int64_t start = task.shape == RateTask::Shape::wsd && fall > rise ? fall : rise;
    const int64_t length = task.total - start > 1 ? task.total - start : 1;
    double done = static_cast<double>(update - start) / static_cast<double>(length);
    done = done < 0 ? 0 : done > 1 ? 1 : done;
    const double left = task.shape == RateTask::Shape::cosine
                            ? 0.5 + 0.5 * cos(3.14159265358979323846 * done)
                            : 1 - done;
    rate = task.peak * (task.final_ratio + (1 - task.final_ratio) * left);
  }
  *task.rate = static_cast<float>(rate);
}

}  // namespace

void run_update(gpu::StreamHandle stream, const UpdateTask& task) {
  constexpr int64_t kBlock = int64_t{kThreads} * kVector;
  const int64_t blocks = (task.count + kBlock - 1) / kBlock;
  gpu::launch({task.adamw ? "adamw" : "sgd", stream, blocks < kMostBlocks ? blocks : kMostBlocks,
               kThreads, sizeof(Rates)},
              update, task);
}

void run_clip_scale(gpu::StreamHandle stream, const ClipTask& task) {
  gpu::launch({"clip_scale", stream, 1, kSquaresOfLaunch, sizeof(ClipShared)}, clip_scale, task);
}

void run_learning_rate(gpu::StreamHandle stream, const RateTask& task) {
  gpu::launch({"learning_rate", stream, 1, gpu::kWarp}, learning_rate, task);
}

}  // namespace tessera::cuda
