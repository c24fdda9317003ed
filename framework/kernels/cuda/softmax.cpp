#include "framework/kernels/cuda/softmax.h"

#include "framework/core/dims.h"
#include "framework/kernels/cuda/shared/prepare.h"
#include "framework/kernels/cuda/shared/row_threads.h"

namespace tessera::cuda {
namespace {

SoftmaxTask task_of(const KernelSpec& spec, bool log) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  SoftmaxTask task{};
  task.rows = split.outer * split.inner;
  task.size = split.size;
  task.inner = split.inner;
  task.threads = threads_of_row(split.size);
  task.log = log;
  return task;
}

Kernel forward(const KernelSpec& spec, bool log) {
  SoftmaxTask task = task_of(spec, log);
  task.x.element = float_element(spec, spec.in[0].dtype);
  task.y.element = float_element(spec, spec.out[0].dtype);
  return {[task](const KernelArgs& args) {
            SoftmaxTask call = task;
            call.x.at = args.in[0];
            call.y.at = args.out[0];
            run_softmax(stream_of(args), call);
          },
          0};
}

Kernel backward(const KernelSpec& spec, bool log) {
  SoftmaxTask task = task_of(spec, log);
  task.y.element = float_element(spec, spec.in[0].dtype);
  task.dy.element = float_element(spec, spec.in[1].dtype);
  task.dx.element = float_element(spec, spec.out[0].dtype);
  return {[task](const KernelArgs& args) {
            SoftmaxTask call = task;
            call.y.at = args.in[0];
            call.dy.at = args.in[1];
            call.dx.at = args.out[0];
            run_softmax_grad(stream_of(args), call);
          },
          0};
}

}  // namespace

Kernel make_softmax(const KernelSpec& spec) { return forward(spec, false); }
Kernel make_log_softmax(const KernelSpec& spec) { return forward(spec, true); }
Kernel make_softmax_grad(const KernelSpec& spec) { return backward(spec, false); }
Kernel make_log_softmax_grad(const KernelSpec& spec) { return backward(spec, true); }

}  // namespace tessera::cuda
