// WordCache remembers the ids of words, because most words of a text occur many times. It belongs to
// one thread and one tokenizer. Its memory is bounded: a full table takes no more words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

class WordCache {
 public:
  WordCache();

  /// Appends the ids of `word` and returns true if it is known. `end` is where the bytes end that
  /// may be read behind the word; none of them changes the answer.
  bool find(std::string_view word, const char* end, std::vector<int32_t>& ids) const;
  /// Remembers a word that find() did not know.
  void keep(std::string_view word, std::span<const int32_t> ids);
  void clear();

  /// Words of more bytes are never kept.
  static constexpr size_t kLongest = 256;

 private:
  struct Short;  // at most 15 bytes and 3 ids, compared and copied as a whole
  struct Long;
  std::vector<Short> short_;
  std::vector<Long> long_;
  std::string words_;  // of the long ones
  std::vector<int32_t> ids_;
  size_t shorts_ = 0, longs_ = 0;
};

}  // namespace tessera
