// The IEEE half float (f16): conversions as formulas without branches, so that the compiler makes
// vectors of them. They work where denormal f32 count as zero, as in Tessera's threads.
#pragma once

#include <bit>
#include <cstdint>

namespace tessera {

/// `yes` where `condition` holds, else `no`, by masks.
inline uint32_t chosen(bool condition, uint32_t yes, uint32_t no) {
  const uint32_t mask = 0u - static_cast<uint32_t>(condition);
  return (yes & mask) | (no & ~mask);
}

/// The same number as f32; NaN keeps its bits.
inline float half_to_float(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  // Below 2^-14 a half is `magnitude` * 2^-24: the last bits of 0.5 + that number.
  const float small = std::bit_cast<float>(0x3f000000u + magnitude) - 0.5f;
  const uint32_t normal = (magnitude << 13) + chosen(magnitude >= 0x7c00u, 224u << 23, 112u << 23);
  return std::bit_cast<float>(sign |
                              chosen(magnitude < 0x400u, std::bit_cast<uint32_t>(small), normal));
}

/// Rounds to nearest even; from 65520 on the result is infinite. NaN stays NaN.
inline uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  // In [0.5, 1) a unit in the last place is 2^-24, that of the smallest halves.
  const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
  const uint32_t small = std::bit_cast<uint32_t>(shifted) - 0x3f000000u;
  const uint32_t normal = (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
  const uint32_t nan = 0x7e00u | (magnitude >> 13 & 0x3ffu);
  const uint32_t finite = chosen(magnitude < 0x38800000u, small, normal);
  const uint32_t large = chosen(magnitude > 0x7f800000u, nan, 0x7c00u);
  return static_cast<uint16_t>(sign | chosen(magnitude >= 0x47800000u, large, finite));
}

}  // namespace tessera
