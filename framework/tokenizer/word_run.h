// A word run is a temporary file of words with counts, sorted by the words' bytes: what did not fit
// into memory. A record is the length of the word, its count and the word; numbers are written seven
// bits a byte, lowest first, as in LEB128.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "framework/core/descriptor.h"
#include "framework/core/durable_file.h"
#include "framework/tokenizer/word_table.h"

namespace tessera {

class WordRunWriter {
 public:
  /// Creates `path`; throws UserError when that, or a later write, fails.
  explicit WordRunWriter(const std::filesystem::path& path) : file_(path) {}

  void add(const WordCount& word);
  /// Writes what still waits.
  void finish();

 private:
  void number(uint64_t value);
  DurableFile file_;
  std::string waiting_;
};

class WordRunReader {
 public:
  explicit WordRunReader(std::filesystem::path path);

  /// Reads the next word, which is valid until the next call; false at the end. Throws UserError
  /// when the file cannot be read or ends amid a word.
  bool next(WordCount& word);

 private:
  bool holds(uint64_t wanted);  // reads on until so many bytes wait; false at the end
  uint64_t number();
  std::filesystem::path path_;
  Descriptor file_;
  std::string buffer_;
  size_t at_ = 0;
};

}  // namespace tessera
