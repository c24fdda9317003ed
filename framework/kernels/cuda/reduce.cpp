#include "framework/kernels/cuda/reduce.h"

#include <algorithm>

#include "framework/core/dims.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

// Blocks that keep every multiprocessor busy, and elements that a block should have at least.
constexpr int64_t kBlocks = 512, kLeastOfRow = 4096, kLeastOfColumn = 128;

/// Whether every result begins at a multiple of `unit`.
bool multiples(const StridedDims& kept, int64_t unit) {
  for (int d = 0; d < kept.rank; ++d)
    if (kept.sizes[d] != 1 && kept.strides[0][d] % unit != 0) return false;
  return true;
}

Kernel reduction(const KernelSpec& spec, ReduceOp op) {
  const TensorType& in = spec.in[0];
  if (in.dtype == DType::f64) no_kernel(spec, in.dtype);
  const Shape strides = strides_of(in.shape);
  const auto dims = reduced_dims(in.rank(), spec.attrs);
  Shape kept_sizes, kept_strides, sizes, steps;
  for (int64_t d = 0; d < in.rank(); ++d) {
    const bool reduced = std::binary_search(dims.begin(), dims.end(), d);
    (reduced ? sizes : kept_sizes).push_back(in.shape[static_cast<size_t>(d)]);
    (reduced ? steps : kept_strides).push_back(strides[static_cast<size_t>(d)]);
  }
  ReduceTask task{};
  task.results = numel(kept_sizes);
  task.reduced = numel(sizes);
  task.kept = strided_dims(spec, kept_sizes, {kept_strides});
  task.dims = strided_dims(spec, sizes, {steps});
  task.x.element = element_of(in.dtype);
  task.out.element = element_of(spec.out[0].dtype);
  if (is_float(in.dtype)) float_element(spec, spec.out[0].dtype);
  // Neighbouring threads read neighbouring elements: of one result, or of neighbouring results.
  task.columns = task.reduced == 1 || task.dims.strides[0][task.dims.rank - 1] != 1;
  task.packed = !task.columns && is_float(in.dtype) && task.dims.rank == 1 &&
                task.reduced % kVector == 0 && multiples(task.kept, kVector);
  const int64_t blocks = task.columns ? blocks_of(task.results, kReduceColumns) : task.results;
  const int64_t most = blocks_of(task.reduced, task.columns ? kLeastOfColumn : kLeastOfRow);
  task.parts =
      std::clamp<int64_t>(blocks == 0 ? 1 : kBlocks / blocks, 1, std::max<int64_t>(most, 1));
  const size_t element = is_float(in.dtype) ? sizeof(float) : sizeof(int64_t);
  return {[task, op](const KernelArgs& args) {
            ReduceTask call = task;
            call.x.at = args.in[0];
            call.out.at = args.out[0];
            call.partials = args.scratch;
            run_reduce(stream_of(args), op, call);
          },
          task.parts == 1 ? 0 : static_cast<size_t>(task.parts * task.results) * element};
}

}  // namespace

Kernel make_sum(const KernelSpec& spec) { return reduction(spec, ReduceOp::sum); }
Kernel make_max(const KernelSpec& spec) { return reduction(spec, ReduceOp::max); }
Kernel make_min(const KernelSpec& spec) { return reduction(spec, ReduceOp::min); }

Kernel make_sum_squares(const KernelSpec& spec) {
  float_element(spec, spec.in[0].dtype);
  return reduction(spec, ReduceOp::squares);
}

}  // namespace tessera::cuda
