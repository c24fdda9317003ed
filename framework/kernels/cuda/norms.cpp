#include "framework/kernels/cuda/norms.h"

#include <algorithm>

#include "framework/kernels/cuda/shared/prepare.h"
#include "framework/kernels/cuda/shared/row_threads.h"

namespace tessera::cuda {
namespace {

/// Stretches of rows are this many at most: enough to keep every multiprocessor busy, few enough
/// that their sums cost little.
constexpr int64_t kMostStretches = 512;

Kernel forward(const KernelSpec& spec, bool centred) {
  NormTask task{};
  task.size = spec.in[0].shape.back();
  task.rows = spec.in[0].numel() / task.size;
  task.threads = threads_of_row(task.size);
  task.centred = centred;
  task.eps = static_cast<float>(spec.attrs.real("eps"));
  task.x.element = float_element(spec, spec.in[0].dtype);
  task.gain.element = task.bias.element = float_element(spec, spec.in[1].dtype);
  task.y.element = float_element(spec, spec.out[0].dtype);
  return {[task](const KernelArgs& args) {
            NormTask call = task;
            call.x.at = args.in[0];
            call.gain.at = args.in[1];
            if (call.centred) {
              call.bias.at = args.in[2];
              call.mean = args.output<float>(1);
            }
            call.y.at = args.out[0];
            call.rstd = args.output<float>(call.centred ? 2 : 1);
            run_norm(stream_of(args), call);
          },
          0};
}

Kernel backward(const KernelSpec& spec, bool centred) {
  NormGradTask task{};
  task.size = spec.in[0].shape.back();
  task.rows = spec.in[0].numel() / task.size;
  task.rows_of_stretch = std::max<int64_t>(blocks_of(task.rows, kMostStretches), 1);
  task.stretches = blocks_of(task.rows, task.rows_of_stretch);
  task.threads = threads_of_row(task.size);
  task.centred = centred;
  task.sums_of_stretch = blocks_of(task.size, kVector) * kVector * (centred ? 2 : 1);
  const size_t sums = static_cast<size_t>(task.sums_of_stretch) * sizeof(float);
  task.sums_fit = sums + 32 * sizeof(float) <= gpu::kModestShared;
  const size_t dy = centred ? 4 : 3;
  const bool add = spec.attrs.flag("add");
  task.x.element = float_element(spec, spec.in[0].dtype);
  task.gain.element = float_element(spec, spec.in[1].dtype);
  task.dy.element = float_element(spec, spec.in[dy].dtype);
  task.extra.element = float_element(spec, spec.in.back().dtype);
  task.dx.element = float_element(spec, spec.out[0].dtype);
  return {[task, dy, add](const KernelArgs& args) {
            NormGradTask call = task;
            call.x.at = args.in[0];
            call.gain.at = args.in[1];
            if (call.centred) call.mean = args.input<float>(2);
            call.rstd = args.input<float>(dy - 1);
            call.dy.at = args.in[dy];
            if (add) call.extra.at = args.in[dy + 1];
            call.dx.at = args.out[0];
            call.dgain = args.output<float>(1);
            if (call.centred) call.dbias = args.output<float>(2);
            call.sums = static_cast<float*>(args.scratch);
            run_norm_grad(stream_of(args), call);
          },
          static_cast<size_t>(task.stretches) * sums};
}

}  // namespace

Kernel make_layer_norm(const KernelSpec& spec) { return forward(spec, true); }
Kernel make_rms_norm(const KernelSpec& spec) { return forward(spec, false); }
Kernel make_layer_norm_grad(const KernelSpec& spec) { return backward(spec, true); }
Kernel make_rms_norm_grad(const KernelSpec& spec) { return backward(spec, false); }

}  // namespace tessera::cuda
