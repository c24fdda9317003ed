// Tensors as kernels see them: an address and an element type that is told when the kernel runs, so
// that one kernel serves f32 and bf16 (or all integers) in any mixture. The test of the type is the
// same for all threads, and costs nothing beside the memory that is waited for.
#pragma once

#include <cstdint>

namespace tessera::cuda {

/// f64 is for casts alone.
enum class Element : int32_t { f32, bf16, i32, i64, boolean, f64 };

struct GpuTensor {
  void* at;
  Element element;
};

/// Elements that a thread takes at a time: 16 bytes of bf16, twice 16 bytes of f32.
inline constexpr int kVector = 8;

}  // namespace tessera::cuda
