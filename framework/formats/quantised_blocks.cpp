#include "framework/formats/quantised_blocks.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "framework/formats/half_float.h"

namespace tessera {
namespace {

float half_at(const std::byte* from) {
  uint16_t half = 0;
  std::memcpy(&half, from, sizeof half);
  return half_to_float(half);
}

/// The low halves of 16 bytes are the first 16 numbers, the high ones the others.
void nibbles(const std::byte* from, int32_t* to) {
  for (int i = 0; i < kBlockElements / 2; ++i) {
    to[i] = static_cast<int32_t>(from[i] & std::byte{15});
    to[i + kBlockElements / 2] = static_cast<int32_t>(from[i] >> 4);
  }
}

/// To the nearest integer, halves away from zero: std::round, but for the compiler's vectors.
int8_t rounded(float number) {
  const auto whole = static_cast<int32_t>(number);
  const float rest = number - static_cast<float>(whole);  // exact
  return static_cast<int8_t>(whole + static_cast<int32_t>(rest >= 0.5f) -
                             static_cast<int32_t>(rest <= -0.5f));
}

}  // namespace

void q8_0_to_floats(const std::byte* block, float* to) {
  const float d = half_at(block);
  for (int i = 0; i < kBlockElements; ++i)
    to[i] = static_cast<float>(static_cast<int8_t>(block[2 + i])) * d;
}

void q4_0_to_floats(const std::byte* block, float* to) {
  const float d = half_at(block);
  int32_t q[kBlockElements];
  nibbles(block + 2, q);
  for (int i = 0; i < kBlockElements; ++i) to[i] = static_cast<float>(q[i] - 8) * d;
}

void q4_1_to_floats(const std::byte* block, float* to) {
  const float d = half_at(block), m = half_at(block + 2);
  int32_t q[kBlockElements];
  nibbles(block + 4, q);
  for (int i = 0; i < kBlockElements; ++i) to[i] = static_cast<float>(q[i]) * d + m;
}

bool floats_to_q8_0(const float* from, std::byte* block) {
  float largest = 0;
  bool finite = true;
  for (int i = 0; i < kBlockElements; ++i) {
    const float magnitude = std::fabs(from[i]);
    finite &= magnitude <= std::numeric_limits<float>::max();
    largest = magnitude > largest ? magnitude : largest;
  }
  const float d = largest / 127.0f;
  if (!finite || !(d < 65520.0f)) return false;
  float inverse = d == 0 ? 0.0f : 1.0f / d;
  if (!std::isfinite(inverse)) inverse = 0;  // as f16, d is zero
  const uint16_t scale = float_to_half(d);
  std::memcpy(block, &scale, sizeof scale);
  for (int i = 0; i < kBlockElements; ++i)
    block[2 + i] = static_cast<std::byte>(rounded(from[i] * inverse));
  return true;
}

}  // namespace tessera
