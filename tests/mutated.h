// Mutations of a text, for tests that give damaged bytes to a reader.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "framework/core/random.h"

namespace tessera {

/// Up to four changes: bits, bytes, extreme numbers, cuts, doublings and parts of `other`. Half of
/// them hit the first 100 bytes, where the structure of most files is.
inline std::string mutated(std::string text, const std::string& other, const Random& random,
                           uint64_t input) {
  static constexpr uint64_t kExtremes[] = {
      0, 1, 0xff, 0x7fffffff, 0xffffffff, uint64_t{1} << 48, ~uint64_t{0}};
  const uint64_t changes = 1 + random.below(4, input, 0);
  for (uint64_t c = 0; c < changes && !text.empty(); ++c) {
    const auto draw = random.block(input, 1 + c);
    const size_t at = (draw[0] % 2 == 0 ? draw[1] : draw[1] % 100) % text.size();
    switch (draw[2] % 7) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << draw[3] % 8));
        break;
      case 1:
        text[at] = static_cast<char>(draw[3]);
        break;
      case 2:
        std::memcpy(text.data() + at, &kExtremes[draw[3] % std::size(kExtremes)],
                    std::min(sizeof(uint64_t), text.size() - at));
        break;
      case 3:
        text.erase(at, draw[3] % 32);
        break;
      case 4:
        text.insert(at, text.substr(at, draw[3] % 64));
        break;
      case 5:
        text.resize(at);
        break;
      default:
        if (!other.empty()) text.insert(at, other.substr(draw[3] % other.size(), draw[0] % 64));
    }
  }
  return text;
}

}  // namespace tessera
