#include <cmath>

#include "framework/core/rotary_rates.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel rotary_kernel(const KernelSpec& spec) {
  const std::vector<double> rates = rotary_rates(spec.attrs, spec.in[0].shape[3]);
  const double magnitude = rotary_magnitude(spec.attrs);
  const bool halves = spec.attrs.text("layout") == "half";
  const double direction = spec.attrs.flag("inverse") ? -1 : 1;
  return {[=, type = spec.in[0], positions = spec.in[1]](const KernelArgs& args) {
            const auto x = load(type, args.in[0]), at = load(positions, args.in[1]);
            const auto heads = static_cast<size_t>(type.shape[2]),
                       width = static_cast<size_t>(type.shape[3]);
            std::vector<double> y(x.size());
            for (size_t r = 0; r < x.size() / width; ++r)
              for (size_t i = 0; i < width / 2; ++i) {
                const double angle = direction * at[r / heads] * rates[i];
                const double cos = magnitude * std::cos(angle), sin = magnitude * std::sin(angle);
                const size_t first = r * width + (halves ? i : 2 * i);
                const size_t second = halves ? first + width / 2 : first + 1;
                y[first] = x[first] * cos - x[second] * sin;
                y[second] = x[second] * cos + x[first] * sin;
              }
            store(type, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
