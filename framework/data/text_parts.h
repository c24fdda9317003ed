// The texts of all sources in parts, for work that needs no order of tokens: counting words, or
// comparing tokenizers. A part is whole lines of one document, or a small document; where a line is
// very long, part of a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/data/document_reader.h"
#include "framework/data/source_files.h"

namespace tessera {

class TextParts {
 public:
  struct Counts {
    uint64_t files = 0, files_total = 0;
    uint64_t bytes = 0, bytes_total = 0;  // of files; the total is what their sizes were
    uint64_t documents = 0, text_bytes = 0;
    uint64_t left_out = 0;  // files that are empty, binary, UTF-16 or, found in a walk, unreadable
    uint64_t broken = 0;    // records, skipped as the options say
  };

  TextParts(std::vector<SourceFile> sources, ReadingOptions options);

  /// Puts the next part in place of `text`; false at the end. Throws UserError, which names the
  /// source.
  bool next(std::string& text);
  const Counts& counts() const { return counts_; }

 private:
  size_t ready();
  bool open_next();
  bool read_on();
  void close();
  void take(size_t count, std::string& text);

  std::vector<SourceFile> sources_;
  ReadingOptions options_;
  size_t source_ = 0;  // the one that is opened next
  OpenedText opened_;
  std::unique_ptr<DocumentReader> reader_;
  std::shared_ptr<const RecordText> record_text_;
  std::string carried_;  // text that was read but not given
  size_t searched_ = 0;  // of carried_, without a line end
  bool whole_ = false;   // carried_ goes to the end of its document
  uint64_t ended_bytes_ = 0;
  Counts counts_;
};

}  // namespace tessera
