// Copies and repeats runs of elements of any type, for the kernels that only move data.
#pragma once

#include <cstddef>
#include <cstdint>

#include "framework/core/dtype.h"

namespace tessera::cpu {

/// memcpy over the thread pool.
void copy_bytes(const void* from, void* to, int64_t bytes);

/// Writes the element of `size` (1, 2, 4 or 8) bytes at `from` `count` times to `to`.
void repeat_element(const void* from, size_t size, void* to, int64_t count);

/// Calls `f(Tag<U>{})` with an unsigned integer type of `size` bytes, for loops that only move
/// elements.
template <typename F>
auto dispatch_size(size_t size, F&& f) {
  switch (size) {
    case 1:
      return f(Tag<uint8_t>{});
    case 2:
      return f(Tag<uint16_t>{});
    case 4:
      return f(Tag<uint32_t>{});
    default:
      return f(Tag<uint64_t>{});
  }
}

}  // namespace tessera::cpu
