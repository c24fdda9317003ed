// WordCache remembers the ids of words, because most words of a text occur many times. It belongs to
// one thread and one tokenizer. Its memory is bounded: a new word takes the place of an older one
// whose hash is near. A short word and its ids fill half a cache line, and one line is all that
// finding it touches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/unigram_memory.h"
#include "framework/tokenizer/word_key.h"

namespace tessera {

class WordCache {
 public:
  /// A table for texts of about `bytes`; its size is bounded.
  explicit WordCache(size_t bytes = size_t{1} << 30);

  /// Appends the ids of `word` and returns true if it is known. The bytes up to `end` may be read;
  /// those behind the word do not change the answer.
  bool find(std::string_view word, const char* end, std::vector<int32_t>& ids) const {
    if (word.size() > kShortBytes) return find_long(word, ids);
    const WordKey key(word, end);
    const Line& line = short_[key.place(shift_)];
    for (const Short& entry : line) {
      if (entry.key != key) continue;
      ids.insert(ids.end(), entry.ids.begin(), entry.ids.begin() + entry.count);
      return true;
    }
    return find_long(word, ids);
  }

  /// Remembers the ids of a word that find() did not know.
  void keep(std::string_view word, std::span<const int32_t> ids);

  /// What Unigram models of SentencePiece remember instead; made at the first call.
  UnigramMemory& unigram() {
    if (!unigram_) unigram_ = std::make_unique<UnigramMemory>(bytes_);
    return *unigram_;
  }

  /// Words of more bytes are not kept.
  static constexpr size_t kLongestBytes = 256;

 private:
  static constexpr size_t kShortBytes = WordKey::kMostBytes;
  static constexpr int kLineBits = 18;

  struct Short {
    WordKey key;
    std::array<int32_t, 3> ids{};
    uint32_t count = 0;
  };
  using Line = std::array<Short, 2>;
  struct Long {
    uint64_t hash = 0;
    std::string word;
    std::vector<int32_t> ids;
  };

  bool find_long(std::string_view word, std::vector<int32_t>& ids) const;

  size_t bytes_;
  int shift_;  // 64 less the logarithm of the number of lines
  std::vector<Line> short_;
  std::vector<Long> long_;
  std::unique_ptr<UnigramMemory> unigram_;
};

}  // namespace tessera
