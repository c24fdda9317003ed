#include <algorithm>

#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/copy_bytes.h"
#include "framework/kernels/cpu/shared/indices.h"

namespace tessera::cpu {
namespace {

/// Lists of indices, each shared by `outer` entries of the dims before the one that they name.
struct Lists {
  int64_t all, count, outer;
};

/// Every element of the result is summed by one thread, in the order of its list: threads share out
/// columns.
template <typename T, typename Acc>
void add_updates(const DimSplit& base, const Lists& lists, const int32_t* indices, const T* updates,
                 Acc* sums) {
  const int64_t count = lists.count;
  const int64_t grain = std::max<int64_t>(16, 16384 / count);
  parallel_for(base.outer * base.inner, grain, [&](int64_t begin, int64_t end, int) {
    while (begin < end) {
      const int64_t o = begin / base.inner, first = begin % base.inner;
      const int64_t n = std::min(end - begin, base.inner - first);
      const int32_t* list = indices + o / lists.outer * count;
      for (int64_t j = 0; j < count; ++j) {
        const T* from = updates + (o * count + j) * base.inner + first;
        Acc* to = sums + (o * base.size + list[j]) * base.inner + first;
        for (int64_t i = 0; i < n; ++i) to[i] += static_cast<Acc>(from[i]);
      }
      begin += n;
    }
  });
}

}  // namespace

Kernel scatter_add_kernel(const KernelSpec& spec) {
  const DimSplit base = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const int64_t count = spec.in[1].shape.back(), all = spec.in[1].numel();
  const Lists lists{all, count, base.outer * count / all};
  const int64_t n = spec.out[0].numel();
  if (spec.out[0].dtype == DType::bf16) {  // summed in f32
    const auto run = [=](const KernelArgs& args) {
      check_indices("scatter_add", args.input<int32_t>(1), lists.all, base.size);
      auto* sums = static_cast<float*>(args.scratch);
      const auto* from = args.input<bfloat16>(0);
      auto* out = args.output<bfloat16>(0);
      parallel_for(n, 65536, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) sums[i] = static_cast<float>(from[i]);
      });
      add_updates(base, lists, args.input<int32_t>(1), args.input<bfloat16>(2), sums);
      parallel_for(n, 65536, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) out[i] = bfloat16(sums[i]);
      });
    };
    return {run, static_cast<size_t>(n) * sizeof(float)};
  }
  const auto direct = [&]<typename T>(Tag<T>) -> Kernel {
    return {[=, bytes = static_cast<int64_t>(spec.out[0].bytes())](const KernelArgs& args) {
              check_indices("scatter_add", args.input<int32_t>(1), lists.all, base.size);
              copy_bytes(args.in[0], args.out[0], bytes);
              add_updates(base, lists, args.input<int32_t>(1), args.input<T>(2), args.output<T>(0));
            },
            0};
  };
  if (spec.out[0].dtype == DType::f32) return direct(Tag<float>{});
  if (spec.out[0].dtype == DType::i32) return direct(Tag<int32_t>{});
  user_error("the cpu backend has no scatter_add of {}", spec.out[0].dtype);
}

}  // namespace tessera::cpu
