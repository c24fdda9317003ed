#include "framework/kernels/cuda/indexing.h"

#include "framework/core/dims.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

/// The view of `shape` about attribute dim.
IndexTask task_of(const KernelSpec& spec, const TensorType& type) {
  const DimSplit split = split_at(type.shape, spec.attrs.integer("dim"));
  IndexTask task{};
  task.outer = split.outer;
  task.size = split.size;
  task.inner = split.inner;
  task.fixed_start = -1;
  task.element_bytes = static_cast<int>(size_of(type.dtype));
  return task;
}

/// Lists of indices of which there is one for each entry of some first dims.
void set_lists(IndexTask& task, const TensorType& indices) {
  task.taken = indices.shape.back();
  task.lists = indices.numel() / task.taken;
}

Kernel moving(const IndexTask& task, void (*run)(gpu::StreamHandle, const IndexTask&)) {
  return {[task, run](const KernelArgs& args) {
            IndexTask call = task;
            call.source = args.in[0];
            call.indices = args.input<int32_t>(1);
            call.target = args.out[0];
            run(stream_of(args), call);
          },
          0};
}

}  // namespace

Kernel make_gather(const KernelSpec& spec) {
  IndexTask task = task_of(spec, spec.in[0]);
  set_lists(task, spec.in[1]);
  return moving(task, &run_gather);
}

Kernel make_take_along(const KernelSpec& spec) {
  IndexTask task = task_of(spec, spec.in[0]);
  task.taken = split_at(spec.out[0].shape, spec.attrs.integer("dim")).size;
  return moving(task, &run_take_along);
}

Kernel make_scatter_add(const KernelSpec& spec) {
  if (spec.in[0].dtype == DType::f64) no_kernel(spec, spec.in[0].dtype);
  IndexTask task = task_of(spec, spec.in[0]);
  set_lists(task, spec.in[1]);
  task.base.element = task.updates.element = task.sum.element = element_of(spec.in[0].dtype);
  return {[task](const KernelArgs& args) {
            IndexTask call = task;
            call.base.at = args.in[0];
            call.indices = args.input<int32_t>(1);
            call.updates.at = args.in[2];
            call.sum.at = args.out[0];
            run_scatter_add(stream_of(args), call);
          },
          0};
}

Kernel make_update_slice(const KernelSpec& spec) {
  IndexTask task = task_of(spec, spec.in[0]);
  task.taken = split_at(spec.in[1].shape, spec.attrs.integer("dim")).size;
  if (spec.in.size() == 2)
    task.fixed_start = spec.attrs.integer("start");
  else
    task.lists = spec.in[2].numel();
  return {[task](const KernelArgs& args) {
            IndexTask call = task;
            call.source = args.in[1];
            if (call.fixed_start < 0) call.indices = args.input<int32_t>(2);
            call.target = args.out[0];
            run_update_slice(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
