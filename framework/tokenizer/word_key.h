// WordKey holds a short word in two numbers, so that two words are compared as numbers are.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tessera {

/// The bytes of a word, zeros behind them, and its length in the last byte.
struct WordKey {
  uint64_t low = 0, high = 0;

  static constexpr size_t kMostBytes = 15;

  WordKey() = default;
  WordKey(uint64_t low_bytes, uint64_t high_bytes) : low(low_bytes), high(high_bytes) {}
  /// Of a word of at most kMostBytes. The bytes up to `end` may be read; those behind the word do
  /// not change the key.
  WordKey(std::string_view word, const char* end) {
    static_assert(std::endian::native == std::endian::little);
    const size_t size = word.size();
    if (static_cast<size_t>(end - word.data()) >= sizeof(WordKey)) {
      std::memcpy(&low, word.data(), sizeof low);
      std::memcpy(&high, word.data() + sizeof low, sizeof high);
      high = size < 8 ? 0 : first_bytes(high, size - 8);
      low = size < 8 ? first_bytes(low, size) : low;
    } else {
      char bytes[sizeof(WordKey)] = {};
      std::memcpy(bytes, word.data(), size);
      std::memcpy(&low, bytes, sizeof low);
      std::memcpy(&high, bytes + sizeof low, sizeof high);
    }
    high |= uint64_t{size} << 56;
  }

  bool operator==(const WordKey&) const = default;

  /// A place in a table of 2^(64 - shift): two multiplications spread the bits (Fibonacci hashing).
  size_t place(int shift) const {
    const uint64_t mixed =
        (low ^ std::rotl(high, 23) * 0xc2b2ae3d27d4eb4fULL) * 0x9e3779b97f4a7c15ULL;
    return static_cast<size_t>((mixed ^ mixed >> 29) * 0xd6e8feb86659fd93ULL >> shift);
  }

 private:
  static uint64_t first_bytes(uint64_t word, size_t count) {
    return count == 8 ? word : word & ((uint64_t{1} << count * 8) - 1);
  }
};

}  // namespace tessera
