#include <algorithm>
#include <numeric>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {
namespace {

template <typename T>
Kernel top_k_of(int64_t rows, int64_t length, int64_t k) {
  const auto run = [=](const KernelArgs& args) {
    auto* scratch = static_cast<int32_t*>(args.scratch);
    parallel_for(rows, std::max<int64_t>(1, 4096 / length), [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        const T* x = args.input<T>(0) + row * length;
        int32_t* order = scratch + row * length;
        std::iota(order, order + length, 0);
        const auto before = [x](int32_t a, int32_t b) {
          const auto u = static_cast<float>(x[a]), v = static_cast<float>(x[b]);
          if (u != u || v != v) return u != u && v != v ? a < b : u != u;  // NaN first
          return u != v ? u > v : a < b;
        };
        std::partial_sort(order, order + k, order + length, before);
        for (int64_t i = 0; i < k; ++i) {
          args.output<T>(0)[row * k + i] = x[order[i]];
          args.output<int32_t>(1)[row * k + i] = order[i];
        }
      }
    });
  };
  return {run, static_cast<size_t>(rows * length) * sizeof(int32_t)};
}

}  // namespace

Kernel top_k_kernel(const KernelSpec& spec) {
  const int64_t length = spec.in[0].shape.back(), rows = spec.in[0].numel() / length;
  const int64_t k = spec.attrs.integer("k");
  if (spec.in[0].dtype == DType::f32) return top_k_of<float>(rows, length, k);
  if (spec.in[0].dtype == DType::bf16) return top_k_of<bfloat16>(rows, length, k);
  user_error("the cpu backend has no top_k of {}", spec.in[0].dtype);
}

}  // namespace tessera::cpu
