#include "framework/kernels/cuda/reduce.h"
#include "framework/kernels/cuda/shared/block_reduce.h"
#include "framework/kernels/cuda/shared/offset.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256, kLanes = kThreads / kReduceColumns;

template <class T>
struct AddUp {
  static constexpr T kNone = 0;
  __device__ T of(T x) const { return x; }
  __device__ T operator()(T a, T b) const { return a + b; }
};
struct AddSquares : AddUp<float> {
  __device__ float of(float x) const { return x * x; }
};
template <class T>
struct Highest {
  static constexpr T kNone = sizeof(T) == 4 ? static_cast<T>(-INFINITY) : INT64_MIN;
  __device__ T of(T x) const { return x; }
  __device__ T operator()(T a, T b) const { return a < b || b != b ? b : a; }
};
template <class T>
struct Lowest {
  static constexpr T kNone = sizeof(T) == 4 ? static_cast<T>(INFINITY) : INT64_MAX;
  __device__ T of(T x) const { return x; }
  __device__ T operator()(T a, T b) const { return b < a || b != b ? b : a; }
};

__device__ float get(const GpuTensor& x, int64_t i, float) { return get_float(x, i); }
__device__ int64_t get(const GpuTensor& x, int64_t i, int64_t) { return get_integer(x, i); }

/// What reducing part `part` for result k gave.
__device__ void put(const ReduceTask& task, int64_t part, int64_t k, float value) {
  if (task.parts == 1) return set_float(task.out, k, value);
  static_cast<float*>(task.partials)[part * task.results + k] = value;
}
__device__ void put(const ReduceTask& task, int64_t part, int64_t k, int64_t value) {
  if (task.parts == 1) return set_integer(task.out, k, value);
  static_cast<int64_t*>(task.partials)[part * task.results + k] = value;
}

/// The reduced elements of a part.
struct Stretch {
  int64_t begin, end;
};
__device__ Stretch stretch_of(const ReduceTask& task, int64_t part) {
  int64_t length = (task.reduced + task.parts - 1) / task.parts;
  if (task.packed) length = (length + kVector - 1) / kVector * kVector;
  const int64_t begin = part * length, end = begin + length;
  return {begin, end < task.reduced ? end : task.reduced};
}

template <class T>
struct RowShared {
  T of[kThreads];
};

/// A block for each result and part.
template <class Op, class T>
__global__ void __launch_bounds__(kThreads) reduce_rows(ReduceTask task) {
  auto& shared = *gpu::shared_memory<RowShared<T>>();
  const Op op;
  const int me = gpu::thread_index();
  const int64_t k = gpu::block_index() % task.results, part = gpu::block_index() / task.results;
  const int64_t begin = offset_of(task.kept, 0, k);
  const Stretch stretch = stretch_of(task, part);
  T all = Op::kNone;
  if constexpr (sizeof(T) == sizeof(float)) {
    if (task.packed)
      for (int64_t r = stretch.begin + me * kVector; r < stretch.end; r += kThreads * kVector) {
        float v[kVector];
        get_packed(task.x, begin + r, v);
#pragma unroll
        for (int j = 0; j < kVector; ++j) all = op(all, op.of(v[j]));
      }
  }
  if (!task.packed)
    for (int64_t r = stretch.begin + me; r < stretch.end; r += kThreads)
      all = op(all, op.of(get(task.x, begin + offset_of(task.dims, 0, r), T{})));
  shared.of[me] = all;
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (!TESSERA_PLANT(reduce_rows_without_barrier)) gpu::barrier();
    if (me < half) shared.of[me] = all = op(all, shared.of[me + half]);
  }
  if (me == 0) put(task, part, k, all);
}

template <class T>
struct ColumnShared {
  T of[kLanes][kReduceColumns];
};

/// A block for kReduceColumns results and a part: lanes share its elements out.
template <class Op, class T>
__global__ void __launch_bounds__(kThreads) reduce_columns(ReduceTask task) {
  auto& shared = *gpu::shared_memory<ColumnShared<T>>();
  const Op op;
  const int column = gpu::thread_index() % kReduceColumns,
            lane = gpu::thread_index() / kReduceColumns;
  const int64_t groups = (task.results + kReduceColumns - 1) / kReduceColumns;
  const int64_t k = gpu::block_index() % groups * kReduceColumns + column,
                part = gpu::block_index() / groups;
  T all = Op::kNone;
  if (k < task.results) {
    const int64_t begin = offset_of(task.kept, 0, k);
    const Stretch stretch = stretch_of(task, part);
    for (int64_t r = stretch.begin + lane; r < stretch.end; r += kLanes)
      all = op(all, op.of(get(task.x, begin + offset_of(task.dims, 0, r), T{})));
  }
  shared.of[lane][column] = all;
  gpu::barrier();
  if (lane != 0 || k >= task.results) return;
  for (int l = 1; l < kLanes; ++l) all = op(all, shared.of[l][column]);
  put(task, part, k, all);
}

template <class Op, class T>
void sweep(gpu::StreamHandle stream, const ReduceTask& task) {
  const int64_t groups = (task.results + kReduceColumns - 1) / kReduceColumns;
  if (task.columns)
    gpu::launch({"reduce_columns", stream, groups * task.parts, kThreads, sizeof(ColumnShared<T>)},
                reduce_columns<Op, T>, task);
  else
    gpu::launch({"reduce_rows", stream, task.results * task.parts, kThreads, sizeof(RowShared<T>)},
                reduce_rows<Op, T>, task);
}

/// `Op` makes the parts' results, `Again` one of these.
template <class Op, class Again, class T>
void sweeps(gpu::StreamHandle stream, const ReduceTask& task) {
  sweep<Op, T>(stream, task);
  if (task.parts == 1) return;
  ReduceTask again = task;
  again.reduced = task.parts;
  again.parts = 1;
  again.columns = true;
  again.packed = false;
  again.x = {task.partials, sizeof(T) == 4 ? Element::f32 : Element::i64};
  again.kept = {1, {task.results}, {{1}}};
  again.dims = {1, {task.parts}, {{task.results}}};
  sweep<Again, T>(stream, again);
}

}  // namespace

void run_reduce(gpu::StreamHandle stream, ReduceOp op, const ReduceTask& task) {
  const bool floats = task.x.element == Element::f32 || task.x.element == Element::bf16;
  switch (op) {
    case ReduceOp::sum:
      return floats ? sweeps<AddUp<float>, AddUp<float>, float>(stream, task)
                    : sweeps<AddUp<int64_t>, AddUp<int64_t>, int64_t>(stream, task);
    case ReduceOp::squares:
      return sweeps<AddSquares, AddUp<float>, float>(stream, task);
    case ReduceOp::max:
      return floats ? sweeps<Highest<float>, Highest<float>, float>(stream, task)
                    : sweeps<Highest<int64_t>, Highest<int64_t>, int64_t>(stream, task);
    case ReduceOp::min:
      return floats ? sweeps<Lowest<float>, Lowest<float>, float>(stream, task)
                    : sweeps<Lowest<int64_t>, Lowest<int64_t>, int64_t>(stream, task);
  }
}

}  // namespace tessera::cuda
