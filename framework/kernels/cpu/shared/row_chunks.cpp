#include "framework/kernels/cpu/shared/row_chunks.h"

#include "framework/core/threads.h"

namespace tessera::cpu {

void add_chunks(const float* sums, int64_t count, int64_t stride, int64_t n, float* out) {
  parallel_for(n, 1024, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) out[i] = sums[i];
    for (int64_t c = 1; c < count; ++c)
      for (int64_t i = begin; i < end; ++i) out[i] += sums[c * stride + i];
  });
}

}  // namespace tessera::cpu
