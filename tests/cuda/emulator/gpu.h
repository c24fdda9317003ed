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

#define TESSERA_GPU_APART
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

inline uint32_t two_bf16(float low, float high) {
  return to_bf16(low).bits | static_cast<uint32_t>(to_bf16(high).bits) << 16;
}

/// Register `index` that a lane gave in an exchange of registers, and the two bf16 numbers in one.
inline uint32_t given(const std::byte* lanes, int lane, int index) {
  uint32_t word;
  std::memcpy(&word, lanes + lane * emulator::kSlot + 4 * index, sizeof word);
  return word;
}
inline void spread(uint32_t word, float* to) {
  to[0] = std::bit_cast<float>(word << 16);
  to[1] = std::bit_cast<float>(word & 0xffff0000U);
}
[[gnu::no_sanitize("thread")]] inline void multiply_add(float (&d)[4], const uint32_t (&a)[4],
                                                        uint32_t b0, uint32_t b1,
                                                        Line line = Line::current()) {
  const uint32_t mine[6] = {a[0], a[1], a[2], a[3], b0, b1};
  const std::byte* lanes = emulator::warp_exchange(mine, sizeof mine, line);
  const int lane = thread_index() % kWarp, row = lane / 4, column = lane % 4 * 2;
  float left[2][16], right[2][16];  // rows `row` and `row` + 8; columns `column` and `column` + 1
  for (int k = 0; k < 16; k += 2)
    for (int i = 0; i < 2; ++i) {
      spread(given(lanes, row * 4 + k % 8 / 2, i + 2 * (k / 8)), &left[i][k]);
      spread(given(lanes, (column + i) * 4 + k % 8 / 2, 4 + k / 8), &right[i][k]);
    }
  float sums[4] = {d[0], d[1], d[2], d[3]};
  for (int k = 0; k < 16; ++k)
    for (int i = 0; i < 4; ++i) sums[i] += left[i / 2][k] * right[i % 2][k];
  std::memcpy(&d, sums, sizeof sums);
}

/// The rows that the lanes name: 8 numbers each.
[[gnu::no_sanitize("thread")]] inline const std::byte* named_rows(const Bf16* row, Line line) {
  std::byte bytes[16];
  std::memcpy(bytes, row, sizeof bytes);
  return emulator::warp_exchange(bytes, sizeof bytes, line);
}
TESSERA_GPU_ACCESS void load_matrices(uint32_t (&r)[4], const Bf16* row,
                                      Line line = Line::current()) {
  emulator::touch(row, 16, emulator::How::read, __builtin_return_address(0));
  const std::byte* lanes = named_rows(row, line);
  const int lane = thread_index() % kWarp;
  for (int m = 0; m < 4; ++m)
    std::memcpy(&r[m], lanes + (8 * m + lane / 4) * emulator::kSlot + 4 * (lane % 4), 4);
}
TESSERA_GPU_ACCESS void load_transposed(uint32_t (&r)[4], const Bf16* row,
                                        Line line = Line::current()) {
  emulator::touch(row, 16, emulator::How::read, __builtin_return_address(0));
  const std::byte* lanes = named_rows(row, line);
  const int lane = thread_index() % kWarp, column = lane / 4;
  for (int m = 0; m < 4; ++m) {
    const int first = 8 * m + lane % 4 * 2, shift = column % 2 * 16;
    r[m] = (given(lanes, first, column / 2) >> shift & 0xffff) |
           (given(lanes, first + 1, column / 2) >> shift & 0xffff) << 16;
  }
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
