// Makes SentencePiece files by hand for the tests: messages in the wire format of protocol buffers.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes += static_cast<char>(value);
}
inline std::string field(uint32_t number, std::string_view value) {
  return varint(number * 8 + 2) + varint(value.size()) + std::string(value);
}
inline std::string field(uint32_t number, uint64_t value) {
  return varint(number * 8) + varint(value);
}
inline std::string field(uint32_t number, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  std::string bytes = varint(number * 8 + 5);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift);
  return bytes;
}

inline constexpr uint64_t kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5,
                          kByte = 6;

inline std::string piece(std::string_view text, float score = 0, uint64_t kind = kNormal) {
  return field(1, std::string(field(1, text) + field(2, score) + field(3, kind)));
}
/// The part that names the algorithm: 1 unigram, 2 bpe, 3 word, 4 char.
inline std::string training(uint64_t algorithm, bool byte_fallback = false) {
  return field(2, std::string(field(3, algorithm) + field(35, uint64_t{byte_fallback})));
}
/// A normalizer that changes nothing but spaces to marks.
inline std::string identity(bool adds_space = false, bool removes_spaces = false) {
  return field(3, std::string(field(3, uint64_t{adds_space}) + field(4, uint64_t{removes_spaces})));
}

}  // namespace tessera
