#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/shared/epilogue.cpp"
#include "framework/kernels/cpu/shared/epilogue.h"

#include <hwy/foreach_target.h>

#include <cstring>

#include "framework/kernels/cpu/shared/simd_activations-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

HWY_INLINE hn::Vec<F32> load_as(DType dtype, const void* data, int64_t i) {
  return dtype == DType::f32 ? load(static_cast<const float*>(data) + i)
                             : load(static_cast<const bfloat16*>(data) + i);
}

HWY_INLINE void store_as(DType dtype, hn::Vec<F32> v, void* data, int64_t i) {
  dtype == DType::f32 ? store(v, static_cast<float*>(data) + i)
                      : store(v, static_cast<bfloat16*>(data) + i);
}

/// `v` as it would be read back from memory of `dtype`.
HWY_INLINE hn::Vec<F32> stored_as(DType dtype, hn::Vec<F32> v) {
  if (dtype == DType::f32) return v;
  alignas(64) bfloat16 memory[HWY_MAX_BYTES / sizeof(float)];
  store(v, memory);
  return load(memory);
}

template <DenseActivation activation>
HWY_INLINE void one_vector(const Epilogue& epilogue, const EpilogueRow& row, int64_t i) {
  auto v = load_as(epilogue.x, row.x, i);
  if (epilogue.bias) v = hn::Add(v, load_as(*epilogue.bias, row.bias, i));
  if (epilogue.keeps_pre) store_as(epilogue.y, v, row.pre, i);
  if (activation != DenseActivation::none) v = activate<activation>(stored_as(epilogue.y, v));
  if (epilogue.residual) v = hn::Add(v, load_as(*epilogue.residual, row.residual, i));
  store_as(epilogue.y, v, row.y, i);
}

template <DenseActivation activation>
void epilogue_row(const Epilogue& epilogue, const EpilogueRow& row) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  int64_t i = 0;
  for (; i + lanes <= row.n; i += lanes) one_vector<activation>(epilogue, row, i);
  if (i == row.n) return;
  // The rest of the row goes through zero-filled copies of a vector's size.
  alignas(64) char x[HWY_MAX_BYTES] = {}, bias[HWY_MAX_BYTES] = {}, residual[HWY_MAX_BYTES] = {};
  alignas(64) char y[HWY_MAX_BYTES] = {}, pre[HWY_MAX_BYTES] = {};
  const auto count = static_cast<size_t>(row.n - i), first = static_cast<size_t>(i);
  const auto take = [&](char* to, const void* from, DType dtype) {
    std::memcpy(to, static_cast<const char*>(from) + first * size_of(dtype),
                count * size_of(dtype));
  };
  take(x, row.x, epilogue.x);
  if (epilogue.bias) take(bias, row.bias, *epilogue.bias);
  if (epilogue.residual) take(residual, row.residual, *epilogue.residual);
  one_vector<activation>(epilogue, {x, bias, residual, y, pre, lanes}, 0);
  const size_t size = size_of(epilogue.y);
  std::memcpy(static_cast<char*>(row.y) + first * size, y, count * size);
  if (epilogue.keeps_pre)
    std::memcpy(static_cast<char*>(row.pre) + first * size, pre, count * size);
}

EpilogueFunction choose_epilogue(DenseActivation activation) {
  switch (activation) {
    case DenseActivation::none:
      return &epilogue_row<DenseActivation::none>;
    case DenseActivation::gelu_tanh:
      return &epilogue_row<DenseActivation::gelu_tanh>;
    case DenseActivation::gelu_erf:
      return &epilogue_row<DenseActivation::gelu_erf>;
    case DenseActivation::relu:
      return &epilogue_row<DenseActivation::relu>;
    case DenseActivation::silu:
      return &epilogue_row<DenseActivation::silu>;
  }
  return nullptr;
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {

HWY_EXPORT(choose_epilogue);
EpilogueFunction epilogue_function(const Epilogue& epilogue, Isa isa) {
  return TESSERA_SIMD(choose_epilogue, isa)(epilogue.activation);
}

}  // namespace tessera::cpu
#endif
