#include "framework/kernels/cuda/along_dim.h"

#include "framework/core/dims.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

LineTask task_of(const KernelSpec& spec, int64_t dim) {
  if (spec.in[0].dtype == DType::f64) no_kernel(spec, spec.in[0].dtype);
  const DimSplit split = split_at(spec.in[0].shape, dim);
  require(split.size <= INT32_MAX, "the cuda backend's {} takes at most {} elements along a dim",
          spec.op, INT32_MAX);
  LineTask task{};
  task.lines = split.outer * split.inner;
  task.size = split.size;
  task.inner = split.inner;
  task.x.element = element_of(spec.in[0].dtype);
  task.y.element = element_of(spec.out[0].dtype);
  return task;
}

}  // namespace

Kernel make_cumsum(const KernelSpec& spec) {
  LineTask task = task_of(spec, spec.attrs.integer("dim"));
  task.reverse = spec.attrs.flag("reverse");
  return {[task](const KernelArgs& args) {
            LineTask call = task;
            call.x.at = args.in[0];
            call.y.at = args.out[0];
            run_cumsum(stream_of(args), call);
          },
          0};
}

Kernel make_argmax(const KernelSpec& spec) {
  return {[task = task_of(spec, spec.attrs.integer("dim"))](const KernelArgs& args) {
            LineTask call = task;
            call.x.at = args.in[0];
            call.indices = args.output<int32_t>(0);
            run_argmax(stream_of(args), call);
          },
          0};
}

Kernel make_top_k(const KernelSpec& spec) {
  LineTask task = task_of(spec, -1);
  task.k = spec.attrs.integer("k");
  return {[task](const KernelArgs& args) {
            LineTask call = task;
            call.x.at = args.in[0];
            call.y.at = args.out[0];
            call.indices = args.output<int32_t>(1);
            run_top_k(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
