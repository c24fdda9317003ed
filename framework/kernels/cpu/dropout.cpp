#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/dropout.cpp"
#include <hwy/foreach_target.h>

#include "framework/core/part.h"
#include "framework/kernels/cpu/shared/dropout_draw-inl.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Drops elements [begin, end) of x, the first of which draws as element `place`.
template <class T>
HWY_ATTR void drop_range(const T* x, T* y, int64_t begin, int64_t end, int64_t place, uint64_t step,
                         const DropoutDraw& draw) {
  DropoutWords words;
  for (int64_t e = begin; e < end; e += DropoutWords::run()) {
    const uint32_t* bits = words.of(place + e - begin, step, draw);
    for (int64_t k = 0; k < DropoutWords::run(); k += lanes()) {
      const int64_t at = e + k, count = std::min(lanes(), end - at);
      if (count <= 0) break;
      const VF v = hn::Mul(load_part(x + at, count), splat(draw.scale));
      store_part(hn::IfThenZeroElse(draw.drops(bits + k), v), y + at, count);
    }
  }
}

template <class T>
Kernel dropout_of(const KernelSpec& spec) {
  const DropoutDraw draw(spec.attrs);
  const int64_t n = spec.in[0].numel();
  const PartRuns runs(spec.attrs, spec.in[0].shape);
  const bool part = spec.in.size() == 3;
  const DType step_type = spec.in[1].dtype, part_type = spec.in.back().dtype;
  return {[=](const KernelArgs& args) {
            constexpr int64_t kBlock = 1024;
            const int64_t step = integer_operand(args, step_type, 1),
                          first = part ? integer_operand(args, part_type, 2) * runs.whole() : 0;
            parallel_for((n + kBlock - 1) / kBlock, 8, [&](int64_t begin, int64_t end, int) {
              runs.each(begin * kBlock, std::min(end * kBlock, n),
                        [&](int64_t from, int64_t to, int64_t at) {
                          drop_range(args.input<T>(0), args.output<T>(0), from, to, first + at,
                                     static_cast<uint64_t>(step), draw);
                        });
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
