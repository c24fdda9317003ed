// CRC-32, as Python's zlib.crc32 computes it: for comparing long texts with goldens.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tessera {

inline uint32_t crc32(std::string_view text) {
  static const auto table = [] {
    std::array<uint32_t, 256> made{};
    for (uint32_t i = 0; i < made.size(); ++i) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xedb88320 : 0);
      made[i] = value;
    }
    return made;
  }();
  uint32_t value = 0xffffffff;
  for (const char byte : text)
    value = value >> 8 ^ table[(value ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~value;
}

}  // namespace tessera
