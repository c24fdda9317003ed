#include "framework/kernels/cpu/shared/copy_bytes.h"

#include <algorithm>
#include <cstring>

#include "framework/core/threads.h"

namespace tessera::cpu {

void copy_bytes(const void* from, void* to, int64_t bytes) {
  if (from == to) return;
  parallel_for(bytes, 1 << 18, [&](int64_t begin, int64_t end, int) {
    std::memcpy(static_cast<char*>(to) + begin, static_cast<const char*>(from) + begin,
                static_cast<size_t>(end - begin));
  });
}

void repeat_element(const void* from, size_t size, void* to, int64_t count) {
  dispatch_size(size, [&]<typename U>(Tag<U>) {
    U element;
    std::memcpy(&element, from, sizeof(U));
    std::fill_n(static_cast<U*>(to), count, element);
  });
}

}  // namespace tessera::cpu
