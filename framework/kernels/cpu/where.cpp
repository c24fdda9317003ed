#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/where.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Where {
  template <class V>
  HWY_INLINE V operator()(I32 d, hn::Vec<I32> condition, V a, V b) const {
    const auto chosen = hn::Ne(condition, hn::Zero(d));
    return hn::IfThenElse(hn::RebindMask(tag_of(a), chosen), a, b);
  }
};

/// Chooses between counters: one i64 or the other.
Kernel choose_counter() {
  return {[](const KernelArgs& args) {
            args.output<int64_t>(0)[0] =
                args.input<int64_t>(args.input<uint8_t>(0)[0] != 0 ? 1 : 2)[0];
          },
          0};
}

Kernel make_where(const KernelSpec& spec) {
  if (spec.out[0] == TensorType{DType::i64, {}}) return choose_counter();
  switch (spec.out[0].dtype) {
    case DType::f32:
      return elementwise<float, uint8_t, float, float>(spec, Where());
    case DType::bf16:
      return elementwise<bfloat16, uint8_t, bfloat16, bfloat16>(spec, Where());
    case DType::i32:
      return elementwise<int32_t, uint8_t, int32_t, int32_t>(spec, Where());
    case DType::boolean:
      return elementwise<uint8_t, uint8_t, uint8_t, uint8_t>(spec, Where());
    default:
      user_error("the cpu backend has no {} of {}", spec.op, spec.out[0].dtype);
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(where);
}  // namespace tessera::cpu
#endif
