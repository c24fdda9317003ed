// The emulator's meaning of the names that kernels use (framework/kernels/cuda/shared/gpu.h): every
// thread of a block is a fiber, and every function has its plain meaning in C++.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>
#include <source_location>
#include <tuple>

#include "framework/core/bfloat16.h"
#include "framework/kernels/cuda/shared/gpu.h"
#include "tests/cuda/emulator/machine.h"

// Everything is inlined into kernels, so that reports tell the kernel's own line too.
#define __global__ [[gnu::flatten]]
#define __device__
#define __host__
#define __launch_bounds__(...)

#define TESSERA_PLANT(name) ::tessera::emulator::planted(#name)
#define TESSERA_GPU_REQUIRE(condition, text) \
  if (!(condition)) ::tessera::emulator::fail(text)

// A function that accesses memory for the kernel is not inlined, so that it reports the line that
// called it, and reports by itself what it does.
#define TESSERA_GPU_ACCESS [[gnu::noinline, gnu::no_sanitize("thread")]] inline

namespace tessera::gpu {

using Line = std::source_location;

inline int thread_index() { return emulator::now.thread; }
inline int block_threads() { return emulator::now.threads; }
inline int64_t block_index() { return emulator::now.block; }
inline int64_t grid_blocks() { return emulator::now.blocks; }

inline void barrier(Line line = Line::current()) { emulator::block_barrier(line); }

/// Every lane gives `x`; the result is what `lane` gave.
template <class T>
T exchange(const T& x, int lane, Line line) {
  static_assert(sizeof(T) <= emulator::kSlot);
  T other;
  std::memcpy(&other, emulator::warp_exchange(&x, sizeof x, line) + lane * emulator::kSlot,
              sizeof other);
  return other;
}
template <class T>
T shuffle_xor(T x, int mask, Line line = Line::current()) {
  return exchange(x, (thread_index() % kWarp) ^ mask, line);
}
template <class T>
T shuffle_up(T x, int delta, Line line = Line::current()) {
  const int lane = thread_index() % kWarp;
  return exchange(x, lane < delta ? lane : lane - delta, line);
}
template <class T>
T shuffle_from(T x, int lane, Line line = Line::current()) {
  return exchange(x, lane % kWarp, line);
}
inline uint32_t ballot(bool x, Line line = Line::current()) {
  const std::byte* lanes = emulator::warp_exchange(&x, sizeof x, line);
  uint32_t bits = 0;
  for (int lane = 0; lane < kWarp; ++lane)
    bits |= static_cast<uint32_t>(lanes[lane * emulator::kSlot]) << lane;
  return bits;
}

template <class S>
S* shared_memory() {
  return reinterpret_cast<S*>(emulator::shared_memory());
}

inline float to_float(Bf16 x) { return std::bit_cast<float>(uint32_t{x.bits} << 16); }
inline Bf16 to_bf16(float x) { return {bfloat16(x).bits}; }

template <class T>
TESSERA_GPU_ACCESS Pack<T> load_pack(const T* from) {
  emulator::touch(from, 16, emulator::How::read, __builtin_return_address(0));
  Pack<T> x;
  std::memcpy(&x, from, 16);
  return x;
}
template <class T>
TESSERA_GPU_ACCESS void store_pack(T* to, const Pack<T>& x) {
  emulator::touch(to, 16, emulator::How::write, __builtin_return_address(0));
  std::memcpy(to, &x, 16);
}

inline float fused(float a, float b, float c) { return std::fma(a, b, c); }
inline float product(float a, float b) { return a * b; }
inline float plus(float a, float b) { return a + b; }
inline float quotient(float a, float b) { return a / b; }
inline float root(float x) { return std::sqrt(x); }
inline float float_of(uint32_t bits) { return std::bit_cast<float>(bits); }
inline uint32_t bits_of(float x) { return std::bit_cast<uint32_t>(x); }
inline int population(uint32_t bits) { return std::popcount(bits); }

template <class... P, class... A>
void launch(const Launch& on, void (*kernel)(P...), const A&... args) {
  emulator::launch(on, [kernel, args...] {
    // The thread's own from here on.
    const auto function = kernel;
    const std::tuple<P...> mine(static_cast<P>(args)...);
    emulator::enter_kernel();
    std::apply(function, mine);
    emulator::leave_kernel();
  });
}

}  // namespace tessera::gpu

// What CUDA's mathematics has and the C library lacks.
inline float rsqrtf(float x) { return 1.0F / std::sqrt(x); }
