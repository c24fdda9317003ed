// Counts of the words of a text, which may be larger than memory: each thread counts in a table of
// its own; a table that has grown to its share of the memory is written to a temporary folder as a
// sorted run; at the end all runs are merged. The counts are exact, and the same whatever the number
// of threads, the memory and the order of the texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/pieces.h"
#include "framework/tokenizer/word_table.h"

namespace tessera {

/// Words with their counts, each once, in the order of their bytes.
class WordCounts {
 public:
  size_t size() const { return counts_.size(); }
  bool empty() const { return counts_.empty(); }
  WordCount operator[](size_t i) const;
  /// Appends a word that comes after all others; equal to the last one, it adds to its count.
  void append(const WordCount& word);

 private:
  std::string text_;
  std::vector<uint64_t> ends_;  // in text_
  std::vector<uint64_t> counts_;
};

struct TextPart {
  std::string text;
  bool by_lines = true;  // each line is a text by itself; else no word goes over the part's ends
  /// Where it is given, what it calls its argument with counts in place of `text`: texts that take
  /// time to make. Called once, by the thread that counts.
  std::function<void(const std::function<void(std::string_view)>&)> texts = {};
};

/// Puts the next part of the texts into its argument; false when there is none left. Parts should be
/// of many kilobytes, since threads take turns here.
using TextSource = std::function<bool(TextPart& part)>;
/// Appends the words of a text, which are each line's if `by_lines`; called by many threads at a time.
using TextCutter = std::function<void(std::string_view text, bool by_lines, Pieces& words)>;

struct WordCountOptions {
  int threads = 1;
  /// Bytes that the tables of all threads may hold together; each has 256 KiB at least.
  size_t memory = size_t{4} << 30;
  std::filesystem::path temporary{};  // where runs are written; empty: the system's folder
};

/// Throws what `next`, a part or `cut` throws, and UserError when runs cannot be written. Of several
/// errors it is that of the earliest part, whatever the number of threads.
WordCounts count_words(const TextSource& next, const TextCutter& cut,
                       const WordCountOptions& options = {});

}  // namespace tessera
