// WordCache remembers the ids of words, because most words of a text occur many times. It belongs to
// one thread and one tokenizer. Its memory is bounded: a new word takes the place of an older one
// whose hash is near. A short word and its ids fill half a cache line, and one line is all that
// finding it touches.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

class WordCache {
 public:
  /// A table for texts of about `bytes`; its size is bounded.
  explicit WordCache(size_t bytes = size_t{1} << 30);

  /// Appends the ids of `word` and returns true if it is known. The bytes up to `end` may be read;
  /// those behind the word do not change the answer.
  bool find(std::string_view word, const char* end, std::vector<int32_t>& ids) const {
    if (word.size() > kShortBytes) return find_long(word, ids);
    const Key key = key_of(word, end);
    const Line& line = short_[place(key)];
    for (const Short& entry : line) {
      if (entry.key != key) continue;
      ids.insert(ids.end(), entry.ids.begin(), entry.ids.begin() + entry.count);
      return true;
    }
    return find_long(word, ids);
  }

  /// Remembers the ids of a word that find() did not know.
  void keep(std::string_view word, std::span<const int32_t> ids);

  /// Words of more bytes are not kept.
  static constexpr size_t kLongestBytes = 256;

 private:
  static constexpr size_t kShortBytes = 15;
  static constexpr int kLineBits = 18;

  /// The bytes of a word, zeros behind them, and its length in the last byte.
  struct Key {
    uint64_t low = 0, high = 0;
    bool operator==(const Key&) const = default;
  };
  struct Short {
    Key key;
    std::array<int32_t, 3> ids{};
    uint32_t count = 0;
  };
  using Line = std::array<Short, 2>;
  struct Long {
    uint64_t hash = 0;
    std::string word;
    std::vector<int32_t> ids;
  };

  static uint64_t low_bytes(uint64_t word, size_t count) {
    return count == 8 ? word : word & ((uint64_t{1} << count * 8) - 1);
  }
  static Key key_of(std::string_view word, const char* end) {
    static_assert(std::endian::native == std::endian::little);
    Key key;
    const size_t size = word.size();
    if (static_cast<size_t>(end - word.data()) >= sizeof(Key)) {
      std::memcpy(&key, word.data(), sizeof(Key));
      key =
          size < 8 ? Key{low_bytes(key.low, size), 0} : Key{key.low, low_bytes(key.high, size - 8)};
    } else {
      std::memcpy(&key, word.data(), size);
    }
    key.high |= uint64_t{size} << 56;
    return key;
  }
  /// The line of a key, by two multiplications that spread its bits (Fibonacci hashing).
  size_t place(const Key& key) const {
    const uint64_t mixed =
        (key.low ^ std::rotl(key.high, 23) * 0xc2b2ae3d27d4eb4fULL) * 0x9e3779b97f4a7c15ULL;
    return static_cast<size_t>((mixed ^ mixed >> 29) * 0xd6e8feb86659fd93ULL >> shift_);
  }
  bool find_long(std::string_view word, std::vector<int32_t>& ids) const;

  int shift_;  // 64 less the logarithm of the number of lines
  std::vector<Line> short_;
  std::vector<Long> long_;
};

}  // namespace tessera
