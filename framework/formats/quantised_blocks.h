// Blocks of 32 quantised numbers as ggml defines them: a scale d in f16, for q4_1 a minimum m in
// f16, and the numbers as small integers q. With the arithmetic in f32, q8_0 stands for q * d,
// q4_0 for (q - 8) * d, q4_1 for q * d + m.
#pragma once

#include <cstddef>

namespace tessera {

inline constexpr int kBlockElements = 32;
inline constexpr int kQ80Bytes = 34, kQ40Bytes = 18, kQ41Bytes = 20;

void q8_0_to_floats(const std::byte* block, float* to);
void q4_0_to_floats(const std::byte* block, float* to);
void q4_1_to_floats(const std::byte* block, float* to);

/// Writes a block with d = (largest magnitude) / 127. False when a number is not finite, or d is
/// too large for f16.
bool floats_to_q8_0(const float* from, std::byte* block);

}  // namespace tessera
