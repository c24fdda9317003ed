#include "framework/kernels/cuda/shared/matmul_rate.h"

#include <cuda_runtime_api.h>

#include <vector>

#include "framework/core/bfloat16.h"
#include "framework/core/fastest_run.h"
#include "framework/device/cuda/errors.h"
#include "framework/kernels/cuda/shared/cublaslt.h"

namespace tessera::cuda {
namespace {

constexpr int64_t kSide = 4096;

/// Memory of the card for the measurement alone.
class CardBytes {
 public:
  explicit CardBytes(size_t bytes) { check_cuda(cudaMalloc(&data_, bytes), "measuring products"); }
  CardBytes(const CardBytes&) = delete;
  CardBytes& operator=(const CardBytes&) = delete;
  ~CardBytes() { cudaFree(data_); }
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
};

}  // namespace

double matmul_gflops(DType operands, double seconds) {
  const Product product(
      {.m = kSide, .n = kSide, .k = kSide, .operands = operands, .result = operands});
  const size_t bytes = static_cast<size_t>(kSide * kSide) * size_of(operands);
  const CardBytes a(bytes), d(bytes), scratch(Product::kScratchBytes);
  // The power that numbers like those of a model take decides the clock; zeros would be faster.
  std::vector<std::byte> values(bytes);
  uint32_t state = 1;
  for (int64_t i = 0; i < kSide * kSide; ++i) {
    state = state * 1664525 + 1013904223;
    const float value = static_cast<float>(state >> 8) * 0x1p-23F - 1;
    const auto at = static_cast<size_t>(i);
    if (operands == DType::f32)
      reinterpret_cast<float*>(values.data())[at] = value;
    else
      reinterpret_cast<bfloat16*>(values.data())[at] = bfloat16(value);
  }
  check_cuda(cudaMemcpy(a.data(), values.data(), bytes, cudaMemcpyHostToDevice),
             "measuring products");
  const double time = fastest_run(seconds, [&] {
    product.run({.a = a.data(), .b = a.data(), .d = d.data(), .scratch = scratch.data()}, nullptr);
    check_cuda(cudaDeviceSynchronize(), "measuring products");
  });
  return 2.0 * kSide * kSide * kSide / time * 1e-9;
}

}  // namespace tessera::cuda
