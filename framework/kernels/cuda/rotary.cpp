#include "framework/kernels/cuda/rotary.h"

#include "framework/core/rotary_rates.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {

Kernel make_rotary(const KernelSpec& spec) {
  const Shape& shape = spec.in[0].shape;
  RotaryTask task{};
  task.rows = shape[0] * shape[1];
  task.heads = shape[2];
  task.pairs = shape[3] / 2;
  require(task.pairs <= kMostPairs, "the cuda backend turns heads of at most {} elements, not {}",
          2 * kMostPairs, shape[3]);
  task.halves = spec.attrs.text("layout") == "half";
  task.magnitude = static_cast<float>(rotary_magnitude(spec.attrs));
  task.x.element = task.y.element = float_element(spec, spec.in[0].dtype);
  const double direction = spec.attrs.flag("inverse") ? -1 : 1;
  const std::vector<double> rates = rotary_rates(spec.attrs, shape[3]);
  for (size_t i = 0; i < rates.size(); ++i) task.rates[i] = direction * rates[i];
  return {[task](const KernelArgs& args) {
            RotaryTask call = task;
            call.x.at = args.in[0];
            call.positions = args.input<int32_t>(1);
            call.y.at = args.out[0];
            run_rotary(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
