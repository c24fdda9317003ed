// Neighbours knows which two characters stand side by side in some token. No token covers a place
// between two that never do, so the ids on either side of it are found apart: words, in most
// vocabularies, and no assumption about spaces is needed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tessera {

class Neighbours {
 public:
  Neighbours() = default;
  /// Tokens are valid UTF-8.
  explicit Neighbours(const std::vector<std::string_view>& tokens);

  /// The end of the part of a valid UTF-8 text that begins at text[at] and is cut by itself.
  size_t end_of_part(std::string_view text, size_t at) const { return end<false>(text, at); }
  /// The same, or where the next space stands, if that is earlier.
  size_t end_of_word(std::string_view text, size_t at) const { return end<true>(text, at); }

  bool ascii_pair(unsigned char first, unsigned char second) const {
    return (ascii_[first][second >> 6] >> (second & 63U) & 1U) != 0;
  }

 private:
  template <bool kSpaces>
  size_t end(std::string_view text, size_t at) const {
    for (;;) {
      const auto first = static_cast<unsigned char>(text[at]);
      size_t next = at + 1;
      if (first >= 0x80)
        while (next < text.size() && continues_character(text[next])) ++next;
      if (next == text.size()) return next;
      const auto second = static_cast<unsigned char>(text[next]);
      if (kSpaces && second == ' ') return next;
      const bool together =
          (first | second) < 0x80 ? ascii_pair(first, second) : other_pair(text, at, next);
      if (!together) return next;
      at = next;
    }
  }
  static bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80;
  }
  /// A character's bytes as one number.
  static uint64_t bytes_at(std::string_view text, size_t begin, size_t end) {
    uint64_t value = 0;
    for (; begin < end; ++begin) value = value << 8 | static_cast<unsigned char>(text[begin]);
    return value;
  }
  static size_t end_of_character(std::string_view text, size_t at) {
    do ++at;
    while (at < text.size() && continues_character(text[at]));
    return at;
  }
  bool other_pair(std::string_view text, size_t first, size_t second) const {
    const size_t bit = place(bytes_at(text, first, second),
                             bytes_at(text, second, end_of_character(text, second)));
    return (others_[bit >> 6] >> (bit & 63U) & 1U) != 0;
  }
  size_t place(uint64_t first, uint64_t second) const {
    return static_cast<size_t>((first << 32 | second) * 0x9e3779b97f4a7c15ULL >> shift_);
  }

  std::array<std::array<uint64_t, 2>, 128> ascii_{};
  std::vector<uint64_t> others_;  // a set of bits, by hash: some pairs may be in it without reason
  int shift_ = 0;
};

}  // namespace tessera
