#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel rotary_kernel(const KernelSpec& spec) {
  const double base = spec.attrs.real("base");
  const bool halves = spec.attrs.text("layout") == "half";
  const double direction = spec.attrs.flag("inverse") ? -1 : 1;
  return {[=, type = spec.in[0], positions = spec.in[1]](const KernelArgs& args) {
            const auto x = load(type, args.in[0]), at = load(positions, args.in[1]);
            const auto heads = static_cast<size_t>(type.shape[2]),
                       width = static_cast<size_t>(type.shape[3]);
            std::vector<double> y(x.size());
            for (size_t r = 0; r < x.size() / width; ++r)
              for (size_t i = 0; i < width / 2; ++i) {
                const double rate =
                    std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(width));
                const double angle = direction * at[r / heads] * rate;
                const size_t first = r * width + (halves ? i : 2 * i);
                const size_t second = halves ? first + width / 2 : first + 1;
                y[first] = x[first] * std::cos(angle) - x[second] * std::sin(angle);
                y[second] = x[second] * std::cos(angle) + x[first] * std::sin(angle);
              }
            store(type, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
