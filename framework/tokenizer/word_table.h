// WordTable counts words: a hash table of byte strings with their numbers of occurrences. Its memory
// grows with the distinct words alone, and is known at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace tessera {

struct WordCount {
  std::string_view word;
  uint64_t count = 0;
};

class WordTable {
 public:
  void add(std::string_view word, uint64_t count = 1);

  size_t size() const { return size_; }
  /// Bytes that the table holds now, and would hold while it grows for one more word of `next` bytes.
  size_t bytes() const { return slots_.size() * sizeof(Slot) + chunk_bytes_; }
  size_t bytes_to_add(size_t next) const;
  /// The words in the order of their bytes. The views are valid until the next clear().
  std::vector<WordCount> sorted() const;
  /// Forgets the words and gives their memory back.
  void clear();

 private:
  struct Slot {
    uint64_t hash = 0;
    uint64_t count = 0;  // 0 where the slot is free
    const char* text = nullptr;
    size_t length = 0;
  };
  void grow();
  const char* keep(std::string_view word);

  std::vector<Slot> slots_;  // a power of two
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* free_ = nullptr;  // the unused end of the last chunk
  size_t free_bytes_ = 0, chunk_bytes_ = 0, size_ = 0;
};

}  // namespace tessera
