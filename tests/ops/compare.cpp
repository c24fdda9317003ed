#include "tests/ops/compare.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera {

void expect_close(const Tensor& got, const Tensor& want, Tolerance tolerance,
                  const std::string& what, double scale) {
  ASSERT_EQ(to_string(got.type()), to_string(want.type())) << what;
  const auto a = got.values(), b = want.values();
  double largest = scale;
  for (double v : b)
    if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
  if (!is_float(want.type().dtype)) tolerance = {};
  size_t worst = 0;
  double excess = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    const double allowed = tolerance.relative * std::abs(b[i]) + tolerance.absolute * largest;
    const double error = std::abs(a[i] - b[i]);
    const double over = std::isfinite(error) && error <= allowed ? 0
                        : std::isfinite(error) && allowed > 0    ? error / allowed
                                                                 : HUGE_VAL;
    if (over > excess) {
      excess = over;
      worst = i;
    }
  }
  if (excess > 0)
    ADD_FAILURE() << what << " " << to_string(want.type()) << ": element " << worst << " is "
                  << a[worst] << ", not " << b[worst] << "; " << excess << " times the tolerance";
}

double scale_of(const Tensors& tensors) {
  double scale = 0;
  for (const auto& [name, tensor] : tensors) {
    if (!is_float(tensor.type().dtype)) continue;
    for (double v : tensor.values())
      if (std::isfinite(v)) scale = std::max(scale, std::abs(v));
  }
  return scale;
}

void expect_close(const Tensors& got, const Tensors& want, Tolerance tolerance,
                  const std::string& prefix) {
  for (const auto& [name, tensor] : want) {
    if (!name.starts_with(prefix)) continue;
    ASSERT_TRUE(got.contains(name)) << name;
    expect_close(got.at(name), tensor, tolerance, name);
  }
}

void expect_same_bits(const Tensors& got, const Tensors& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (const auto& [name, tensor] : want) {
    ASSERT_TRUE(got.contains(name)) << what << ": " << name;
    ASSERT_EQ(to_string(got.at(name).type()), to_string(tensor.type())) << what << ": " << name;
    EXPECT_EQ(std::memcmp(got.at(name).bytes(), tensor.bytes(), tensor.type().bytes()), 0)
        << what << ": other bits in " << name;
  }
}

}  // namespace tessera
