#include <algorithm>
#include <cstring>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/broadcast_rows.h"
#include "framework/kernels/cpu/shared/copy_bytes.h"

namespace tessera::cpu {

Kernel broadcast_to_kernel(const KernelSpec& spec) {
  const BroadcastRows rows(spec.in, spec.out[0].shape);
  const auto run = [rows, size = size_of(spec.out[0].dtype)](const KernelArgs& args) {
    const char* in = args.input<char>(0);
    char* out = args.output<char>(0);
    const int64_t length = rows.length(), element = static_cast<int64_t>(size);
    parallel_for(rows.rows() * length, 65536, [&](int64_t begin, int64_t end, int) {
      while (begin < end) {
        const int64_t row = begin / length, from = begin % length;
        const int64_t n = std::min(end - begin, length - from);
        const char* source = in + (rows.offsets(row)[0] + from * rows.step(0)) * element;
        if (rows.step(0) == 0)
          repeat_element(source, size, out + begin * element, n);
        else
          std::memcpy(out + begin * element, source, static_cast<size_t>(n) * size);
        begin += n;
      }
    });
  };
  return {run, 0};
}

}  // namespace tessera::cpu
