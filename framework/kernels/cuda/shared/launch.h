// How a launch of a kernel is described, and the type Bf16, for code on either side of nvcc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera::gpu {

/// cudaStream_t, without its header.
using StreamHandle = void*;

/// Where and how widely a kernel runs. Nothing is launched when there are no blocks.
struct Launch {
  const char* name;  // of the kernel, for messages
  StreamHandle stream;
  int64_t blocks;
  int threads;              // of each block: a multiple of 32, at most 1024
  size_t shared_bytes = 0;  // at most kMaxShared
};

/// What every card from compute capability 8.0 on has for a block, and what a block may have
/// without keeping others off its multiprocessor.
inline constexpr size_t kMaxShared = size_t{96} << 10, kModestShared = size_t{48} << 10;
inline constexpr int kWarp = 32;

/// A bf16 number: the upper half of a float.
struct Bf16 {
  uint16_t bits;
};

}  // namespace tessera::gpu
