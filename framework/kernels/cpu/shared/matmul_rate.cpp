#include "framework/kernels/cpu/shared/matmul_rate.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/fastest_run.h"
#include "framework/device/cpu/memory.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera::cpu {
double matmul_gflops(DType dtype, double seconds) {
  require(dtype == DType::f32 || dtype == DType::bf16, "the rate is measured in f32 and bf16 only");
  require(dtype == DType::f32 || onednn_multiplies_bf16(),
          "this machine multiplies no bf16 (AVX-512 at least is needed)");
  constexpr int64_t n = 1024;
  const Strided operand{dtype, {n, n}, {n, 1}}, result{DType::f32, {n, n}, {n, 1}};
  const PreparedMatmul product({operand, operand, result});
  // Zeros would take the same time; ones keep a library from being clever about zeros.
  HostBuffer a(n * n * size_of(dtype)), c(n * n * size_of(DType::f32));
  HostBuffer scratch(product.scratch_bytes());
  if (dtype == DType::f32)
    std::fill_n(reinterpret_cast<float*>(a.data()), n * n, 1.0f);
  else
    std::fill_n(reinterpret_cast<bfloat16*>(a.data()), n * n, bfloat16(1.0f));
  const double time = fastest_run(seconds, [&] {
    product.run({.a = a.data(), .b = a.data(), .c = c.data(), .scratch = scratch.data()});
  });
  check(*reinterpret_cast<const float*>(c.data()) == static_cast<float>(n),
        "a product of ones gave {}", *reinterpret_cast<const float*>(c.data()));
  return 2.0 * n * n * n / time * 1e-9;
}

}  // namespace tessera::cpu
