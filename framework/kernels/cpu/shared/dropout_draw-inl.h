// What dropout draws: word e % 4 of the Philox block (step, e / 4) for element e, a vector of
// elements at a time. Included once per target by the kernels that drop.
#if defined(TESSERA_DROPOUT_DRAW_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_DROPOUT_DRAW_INL_H
#undef TESSERA_DROPOUT_DRAW_INL_H
#else
#define TESSERA_DROPOUT_DRAW_INL_H
#endif

#include <algorithm>

#include "framework/core/random.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/philox-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// The draw of one op, from its attributes rate, seed and stream.
struct DropoutDraw {
  uint64_t key = 0;
  uint32_t threshold = 0;  // words below the threshold drop
  float scale = 1;         // factor of what is kept

  DropoutDraw() = default;
  explicit DropoutDraw(const Attrs& attrs)
      : key(Random(static_cast<uint64_t>(attrs.integer("seed")), attrs.text("stream")).key()),
        threshold(static_cast<uint32_t>(std::min(attrs.real("rate") * 0x1p32, 0x1p32 - 1))),
        scale(static_cast<float>(1 / (1 - attrs.real("rate")))) {}

  HWY_INLINE hn::Mask<F32> drops(const uint32_t* words) const {
    return hn::RebindMask(F32(), hn::Lt(hn::LoadU(U32(), words), hn::Set(U32(), threshold)));
  }
};

/// The words of run() consecutive elements, wherever these begin in a Philox block.
class DropoutWords {
 public:
  static constexpr int kGroups = 2;

  static int64_t run() { return static_cast<int64_t>(4 * kGroups * hn::Lanes(U64())); }

  /// The words of the elements [first, first + run()).
  HWY_INLINE const uint32_t* of(int64_t first, uint64_t step, const DropoutDraw& draw) {
    auto* bits = reinterpret_cast<uint32_t*>(words_);
    const auto block = static_cast<uint64_t>(first / 4);
    philox_words<kGroups>(block, step, draw.key, bits);
    if (first % 4 != 0)
      philox_words<kGroups>(block + static_cast<uint64_t>(run() / 4), step, draw.key, bits + run());
    return bits + first % 4;
  }

 private:
  alignas(64) uint64_t words_[2 * 2 * kGroups * (HWY_MAX_BYTES / sizeof(uint64_t))];
};

/// The integer operand `at`, an i64 or an i32.
inline int64_t integer_operand(const KernelArgs& args, DType dtype, size_t at) {
  return dtype == DType::i64 ? *args.input<int64_t>(at) : *args.input<int32_t>(at);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
