#include "framework/tokenizer/neighbours.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tessera {

Neighbours::Neighbours(const std::vector<std::string_view>& tokens) {
  std::vector<uint64_t> pairs;  // with a character that is not ASCII
  for (const std::string_view token : tokens) {
    size_t first = 0;
    for (size_t second = end_of_character(token, 0); second < token.size();) {
      const size_t end = end_of_character(token, second);
      const uint64_t left = bytes_at(token, first, second), right = bytes_at(token, second, end);
      if ((left | right) < 0x80)
        ascii_[left][right >> 6] |= uint64_t{1} << (right & 63U);
      else
        pairs.push_back(left << 32 | right);
      first = std::exchange(second, end);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  // Sixteen bits a pair keep wrong answers, which cost time only, at one in sixteen.
  const size_t bits = std::clamp<size_t>(std::bit_ceil(pairs.size() * 16), 1024, size_t{1} << 26);
  others_.resize(bits / 64);
  shift_ = 64 - std::countr_zero(bits);
  for (const uint64_t pair : pairs) {
    const size_t bit = place(pair >> 32, pair & 0xffffffffU);
    others_[bit >> 6] |= uint64_t{1} << (bit & 63U);
  }
}

}  // namespace tessera
