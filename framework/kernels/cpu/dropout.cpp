#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/dropout.cpp"
#include <hwy/foreach_target.h>

#include "framework/core/random.h"
#include "framework/kernels/cpu/philox-inl.h"
#include "framework/kernels/cpu/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Draw {
  uint64_t key;
  uint32_t threshold;  // words below it drop
  float scale;
};

/// Elements [begin, end) of x, which is what lies from element `first` on in the whole; begin is a multiple of the words
/// drawn at a time.
template <class T>
HWY_ATTR void drop_range(const T* x, T* y, int64_t begin, int64_t end, int64_t first, uint64_t step,
                         const Draw& draw) {
  constexpr int kGroups = 2;
  alignas(64) uint64_t words[2 * 2 * kGroups * (HWY_MAX_BYTES / sizeof(uint64_t))];
  auto* bits = reinterpret_cast<uint32_t*>(words);
  const auto group = static_cast<int64_t>(4 * kGroups * hn::Lanes(U64()));
  const int64_t shift = first % 4;  // words of its block that are not wanted
  for (int64_t e = begin; e < end; e += group) {
    const auto block = static_cast<uint64_t>((first + e) / 4);
    philox_words<kGroups>(block, step, draw.key, bits);
    if (shift > 0)
      philox_words<kGroups>(block + static_cast<uint64_t>(group / 4), step, draw.key, bits + group);
    for (int64_t k = 0; k < group; k += lanes()) {
      const int64_t at = e + k, count = std::min(lanes(), end - at);
      if (count <= 0) break;
      const auto word = hn::LoadU(U32(), bits + shift + k);
      const auto drop = hn::RebindMask(F32(), hn::Lt(word, hn::Set(U32(), draw.threshold)));
      const VF v = hn::Mul(load_part(x + at, count), splat(draw.scale));
      store_part(hn::IfThenZeroElse(drop, v), y + at, count);
    }
  }
}

template <class T>
Kernel dropout_of(const KernelSpec& spec) {
  const double rate = spec.attrs.real("rate");
  const Draw draw{
      Random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream")).key(),
      static_cast<uint32_t>(std::min(rate * 0x1p32, 0x1p32 - 1)),
      static_cast<float>(1 / (1 - rate))};
  const int64_t n = spec.in[0].numel();
  const auto integer = [types = std::vector<TensorType>(spec.in.begin(), spec.in.end())](
                           const KernelArgs& args, size_t i) -> int64_t {
    return types[i].dtype == DType::i64 ? *args.input<int64_t>(i) : *args.input<int32_t>(i);
  };
  const bool part = spec.in.size() == 3;
  return {[=](const KernelArgs& args) {
            constexpr int64_t kBlock = 1024;
            const int64_t step = integer(args, 1), first = part ? integer(args, 2) * n : 0;
            parallel_for((n + kBlock - 1) / kBlock, 8, [&](int64_t begin, int64_t end, int) {
              drop_range(args.input<T>(0), args.output<T>(0), begin * kBlock,
                         std::min(end * kBlock, n), first, static_cast<uint64_t>(step), draw);
            });
          },
          0};
}

Kernel make_dropout(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return dropout_of<T>(spec); });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(dropout);
}  // namespace tessera::cpu
#endif
