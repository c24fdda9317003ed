#include "framework/kernels/cuda/cross_entropy.h"

#include "framework/core/part.h"
#include "framework/kernels/cuda/shared/prepare.h"
#include "framework/kernels/cuda/shared/row_threads.h"

namespace tessera::cuda {
namespace {

LossTask task_of(const KernelSpec& spec) {
  LossTask task{};
  task.classes = spec.in[0].shape.back();
  task.rows = spec.in[1].numel();
  const DimPart part = dim_part(spec.attrs, task.classes);
  task.first = part.first;
  task.whole = part.whole;
  task.threads = threads_of_row(task.classes);
  if (spec.attrs.has("label_smoothing"))
    task.smoothing = static_cast<float>(spec.attrs.real("label_smoothing"));
  task.logits.element = task.dlogits.element = float_element(spec, spec.in[0].dtype);
  return task;
}

}  // namespace

Kernel make_cross_entropy(const KernelSpec& spec) {
  return {[task = task_of(spec)](const KernelArgs& args) {
            LossTask call = task;
            call.logits.at = args.in[0];
            call.labels = args.input<int32_t>(1);
            call.weights = args.input<float>(2);
            call.loss = args.output<float>(0);
            call.lse = args.output<float>(1);
            run_cross_entropy(stream_of(args), call);
          },
          0};
}

Kernel make_cross_entropy_grad(const KernelSpec& spec) {
  return {[task = task_of(spec)](const KernelArgs& args) {
            LossTask call = task;
            call.logits.at = args.in[0];
            call.labels = args.input<int32_t>(1);
            call.weights = args.input<float>(2);
            call.lse_in = args.input<float>(3);
            call.dloss = args.input<float>(4);
            call.dlogits.at = args.out[0];
            run_cross_entropy_grad(stream_of(args), call);
          },
          0};
}

Kernel make_class_statistics(const KernelSpec& spec) {
  return {[task = task_of(spec)](const KernelArgs& args) {
            LossTask call = task;
            call.logits.at = args.in[0];
            call.labels = args.input<int32_t>(1);
            call.picked = args.output<float>(0);
            call.lse = args.output<float>(1);
            run_class_statistics(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
