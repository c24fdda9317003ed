// The 16-bit brain float: the upper half of an IEEE float. Conversion rounds to nearest even; NaN
// stays NaN.
#pragma once

#include <bit>
#include <cstdint>

namespace tessera {

struct bfloat16 {
  uint16_t bits = 0;

  bfloat16() = default;
  explicit bfloat16(float value) {
    const auto u = std::bit_cast<uint32_t>(value);
    bits = (u & 0x7fffffffu) > 0x7f800000u
               ? static_cast<uint16_t>((u >> 16) | 0x40u)
               : static_cast<uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
  explicit operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
  explicit operator double() const { return static_cast<double>(static_cast<float>(*this)); }
  bool operator==(const bfloat16&) const = default;
};

}  // namespace tessera
