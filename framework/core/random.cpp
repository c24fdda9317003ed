#include "framework/core/random.h"

#include <cmath>
#include <numbers>

namespace tessera {

std::array<double, 4> Random::normals(uint64_t step, uint64_t index) const {
  const auto b = block(step, index);
  std::array<double, 4> out{};
  for (size_t pair = 0; pair < 2; ++pair) {
    const double u = static_cast<double>((b[2 * pair] >> 8) + 1) * 0x1p-24;
    const double v = static_cast<double>(b[2 * pair + 1] >> 8) * 0x1p-24;
    const double r = std::sqrt(-2.0 * std::log(u)), angle = 2.0 * std::numbers::pi * v;
    out[2 * pair] = r * std::cos(angle);
    out[2 * pair + 1] = r * std::sin(angle);
  }
  return out;
}

}  // namespace tessera
