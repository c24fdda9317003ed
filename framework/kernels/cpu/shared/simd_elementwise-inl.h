// Elementwise kernels from one functor over vectors: struct Sqrt { template <class D, class V> V
// operator()(D d, V x) const }. Floats come as f32 vectors (bf16 is widened on load and rounded to
// nearest even on store), i32 as i32 vectors, booleans as i32 vectors of 0 and 1. This file takes
// care of broadcasting, threads, the rest beyond the last whole vector and in-place results.
// Included once per target by files that use hwy/foreach_target.h; sqrt.cpp shows the pattern.
#if defined(TESSERA_SIMD_ELEMENTWISE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_ELEMENTWISE_INL_H
#undef TESSERA_SIMD_ELEMENTWISE_INL_H
#else
#define TESSERA_SIMD_ELEMENTWISE_INL_H
#endif

#include <hwy/highway.h>

#include <tuple>
#include <utility>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/broadcast_rows.h"
#include "framework/kernels/cpu/shared/simd.h"
#include "framework/kernels/cpu/shared/simd_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {
template <class F, class V, class... Vs>
HWY_INLINE auto apply(const F& f, V first, Vs... rest) {
  return f(tag_of(first), first, rest...);
}

/// Computes out[i] = f(in[i · step]…) for i in [0, n); steps are 0 or 1.
template <class F, class Out, class... In, size_t... K>
HWY_ATTR void run_row(const F& f, std::index_sequence<K...>, std::tuple<const In*...> in,
                      const int64_t* steps, Out* out, int64_t n) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  constexpr size_t kMost = HWY_MAX_BYTES / sizeof(float);
  // Operands that stay on one element are read from a vector full of it.
  std::tuple<std::array<In, kMost>...> same;
  (
      [&] {
        if (steps[K] == 0) {
          std::get<K>(same).fill(*std::get<K>(in));
          std::get<K>(in) = std::get<K>(same).data();
        }
      }(),
      ...);
  const int64_t advance[] = {steps[K] * lanes...};
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    store(apply(f, load(std::get<K>(in))...), out + i);
    ((std::get<K>(in) += advance[K]), ...);
  }
  if (i == n) return;
  std::tuple<std::array<In, kMost>...> rest;
  std::array<Out, kMost> last;
  for (int64_t j = 0; j < lanes; ++j)  // lanes past the end repeat the last element
    ((std::get<K>(rest)[static_cast<size_t>(j)] =
          std::get<K>(in)[steps[K] * (j < n - i ? j : n - i - 1)]),
     ...);
  store(apply(f, load(std::get<K>(rest).data())...), last.data());
  for (int64_t j = 0; j < n - i; ++j) out[i + j] = last[static_cast<size_t>(j)];
}

template <class F, class Out, class... In, size_t... K>
void run_elementwise(const F& f, const BroadcastRows& rows, const KernelArgs& args,
                     std::index_sequence<K...> operands) {
  constexpr int64_t kGrain = 16384;
  const int64_t length = rows.length();
  const int64_t steps[] = {rows.step(K)...};
  parallel_for(rows.rows() * length, kGrain, [&](int64_t begin, int64_t end, int) {
    while (begin < end) {
      const int64_t row = begin / length, from = begin % length;
      const int64_t n = std::min(end - begin, length - from);
      const auto at = rows.offsets(row);
      run_row<F, Out, In...>(f, operands,
                             std::tuple(args.input<In>(K) + at[K] + from * steps[K]...), steps,
                             args.output<Out>(0) + begin, n);
      begin += n;
    }
  });
}

/// The kernel out = f(in…) for these element types.
template <class Out, class... In, class F>
Kernel elementwise(const KernelSpec& spec, F f = {}) {
  const BroadcastRows rows(spec.in, spec.out[0].shape);
  return {[f, rows](const KernelArgs& args) {
            run_elementwise<F, Out, In...>(f, rows, args, std::index_sequence_for<In...>());
          },
          0};
}

[[noreturn]] inline void no_elementwise(const KernelSpec& spec) {
  user_error("the cpu backend has no {} of {}", spec.op, spec.in[0].dtype);
}

template <class Out, class T, class F, size_t... K>
Kernel elementwise_alike(const KernelSpec& spec, F f, std::index_sequence<K...>) {
  return elementwise<Out, std::enable_if_t<K + 1 != 0, T>...>(spec, f);
}

/// The kernel for operands and result all f32, or all bf16.
template <size_t operands, class F>
Kernel float_elementwise(const KernelSpec& spec, F f) {
  constexpr auto each = std::make_index_sequence<operands>();
  if (spec.in[0].dtype == DType::f32) return elementwise_alike<float, float>(spec, f, each);
  if (spec.in[0].dtype == DType::bf16) return elementwise_alike<bfloat16, bfloat16>(spec, f, each);
  no_elementwise(spec);
}

/// The kernel for operands and result all f32, all bf16 or all i32.
template <size_t operands, class F>
Kernel number_elementwise(const KernelSpec& spec, F f) {
  constexpr auto each = std::make_index_sequence<operands>();
  if (spec.in[0].dtype == DType::i32) return elementwise_alike<int32_t, int32_t>(spec, f, each);
  return float_elementwise<operands>(spec, f);
}

/// The kernel for two operands of one type (f32, bf16, i32 or boolean) and a boolean result.
template <class F>
Kernel comparison(const KernelSpec& spec, F f) {
  switch (spec.in[0].dtype) {
    case DType::f32:
      return elementwise<uint8_t, float, float>(spec, f);
    case DType::bf16:
      return elementwise<uint8_t, bfloat16, bfloat16>(spec, f);
    case DType::i32:
      return elementwise<uint8_t, int32_t, int32_t>(spec, f);
    case DType::boolean:
      return elementwise<uint8_t, uint8_t, uint8_t>(spec, f);
    default:
      no_elementwise(spec);
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
