// Logarithm, cosine and sine with the bits of Highway's vectors (hwy/contrib/math, on instruction
// sets with fused multiply-adds), by which the CPU draws the first values of parameters. Every
// operation rounds as it is written.
#pragma once

#include "framework/kernels/cuda/shared/gpu.h"

namespace tessera::cuda {

/// ln x of a normal, positive x.
__device__ inline float exact_log(float x) {
  constexpr uint32_t kRoot = 0x3F3504F3;  // √½
  const uint32_t shifted = gpu::bits_of(x) + (0x3F800000 - kRoot);
  const auto exponent = static_cast<float>(static_cast<int32_t>(shifted >> 23) - 127);
  const float y = gpu::float_of((shifted & 0x7FFFFF) + kRoot);
  const float below = gpu::plus(y, -1);
  const float z = gpu::quotient(below, gpu::plus(y, 1));
  const float z2 = gpu::product(z, z), z4 = gpu::product(z2, z2);
  const float series = gpu::fused(gpu::fused(0.28498786688F, z4, 0.66666662693F), z2,
                                  gpu::product(gpu::fused(0.24279078841F, z4, 0.40000972152F), z4));
  const float low = gpu::product(exponent, 9.0580006145e-6F);
  const float rest = gpu::plus(gpu::fused(z, gpu::plus(below, -series), -low), -below);
  return gpu::fused(exponent, 0.69313812256F, -rest);
}

/// The sine of |x| <= π/2.
__device__ inline float exact_sine(float x) {
  const float y = gpu::product(x, x), y2 = gpu::product(y, y);
  const float series =
      gpu::fused(y2, gpu::fused(2.6083159809786593541503e-6F, y, -1.981069071916863322258e-4F),
                 gpu::fused(8.33307858556509017944336e-3F, y, -1.66666597127914428710938e-1F));
  return gpu::fused(series, gpu::product(y, x), x);
}

/// x - q π by π in four parts, each times `share`.
__device__ inline float exact_reduced(float x, float q, float share) {
  x = gpu::fused(q, -share * 3.140625F, x);
  x = gpu::fused(q, -share * 0.0009670257568359375F, x);
  x = gpu::fused(q, -share * 6.2771141529083251953e-7F, x);
  return gpu::fused(q, -share * 1.2154201256553420762e-10F, x);
}

constexpr float kOneOverPi = 0.31830988618379067153F;

/// Cosine and sine of an angle from 0 on.
__device__ inline float exact_cos(float x) {
  const int32_t q = 2 * static_cast<int32_t>(gpu::product(x, kOneOverPi)) + 1;
  const float reduced = exact_reduced(x, static_cast<float>(q), 0.5F);
  return exact_sine(gpu::float_of(gpu::bits_of(reduced) ^ ((~static_cast<uint32_t>(q) & 2) << 30)));
}
__device__ inline float exact_sin(float x) {
  const auto q = static_cast<int32_t>(gpu::fused(x, kOneOverPi, 0.5F));
  const float reduced = exact_reduced(x, static_cast<float>(q), 1);
  return exact_sine(gpu::float_of(gpu::bits_of(reduced) ^ ((static_cast<uint32_t>(q) & 1) << 31)));
}

}  // namespace tessera::cuda
