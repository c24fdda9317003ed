#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/cast.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/copy_bytes.h"
#include "framework/kernels/cpu/shared/scalar_cast.h"
#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// f32 <-> bf16: load and store do the conversion.
struct Convert {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return x;
  }
};

struct ToFloat {
  HWY_INLINE hn::Vec<F32> operator()(I32, hn::Vec<I32> x) const { return hn::ConvertTo(F32(), x); }
};

Kernel make_cast(const KernelSpec& spec) {
  const DType from = spec.in[0].dtype, to = spec.out[0].dtype;
  if (from == to)
    return {[bytes = static_cast<int64_t>(spec.out[0].bytes())](const KernelArgs& args) {
              copy_bytes(args.in[0], args.out[0], bytes);
            },
            0};
  if (from == DType::f32 && to == DType::bf16) return elementwise<bfloat16, float>(spec, Convert());
  if (from == DType::bf16 && to == DType::f32) return elementwise<float, bfloat16>(spec, Convert());
  if (from == DType::i32 && to == DType::f32) return elementwise<float, int32_t>(spec, ToFloat());
  if (from == DType::boolean && to == DType::f32)
    return elementwise<float, uint8_t>(spec, ToFloat());
  if (from == DType::boolean && to == DType::i32)
    return elementwise<int32_t, uint8_t>(spec, Convert());
  return scalar_cast(spec);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(cast);
}  // namespace tessera::cpu
#endif
