// The texts of all sources in parts, for work that needs no order of tokens: counting words, or
// comparing tokenizers. A part is a small document, or part of a longer one: whole lines, where the
// document is cut at lines, or else text that begins at a space behind a character that is none,
// where every pattern of BPE's training begins a word. Where there is no such place for very long, a
// part ends elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/data/document_reader.h"
#include "framework/data/source_files.h"

namespace tessera {

/// Which documents are cut at spaces, so that words may hold ends of lines; others are at lines.
struct CutAtSpaces {
  bool records = false, files = false;
};

class TextParts {
 public:
  struct Counts {
    uint64_t files = 0, files_total = 0;
    uint64_t bytes = 0, bytes_total = 0;  // of files; the total is what their sizes were
    uint64_t documents = 0, text_bytes = 0;
    uint64_t left_out = 0;  // files that are empty, binary, UTF-16 or unreadable
    uint64_t broken = 0;    // records, skipped as the options say
  };

  /// Throws UserError when the options ask for records of a kind that no source has.
  TextParts(std::vector<SourceFile> sources, ReadingOptions options, CutAtSpaces cut = {});

  /// Puts the next part in place of `text`; false at the end. Throws UserError, which names the
  /// source.
  bool next(std::string& text);
  /// Whether the part that was given last is of a document that is cut at lines.
  bool at_lines() const { return !at_spaces_; }
  const Counts& counts() const { return counts_; }

 private:
  size_t ready();
  size_t last_cut() const;
  bool open_next();
  bool read_on();
  void close();
  void take(size_t count, std::string& text);

  std::vector<SourceFile> sources_;
  ReadingOptions options_;
  CutAtSpaces cut_;
  bool at_spaces_ = false;  // the source that is open
  size_t source_ = 0;       // the one that is opened next
  OpenedText opened_;
  std::unique_ptr<DocumentReader> reader_;
  std::shared_ptr<const RecordText> record_text_;
  std::string carried_;  // text that was read but not given
  size_t searched_ = 0;  // of carried_, without a place to cut
  bool whole_ = false;   // carried_ goes to the end of its document
  uint64_t ended_bytes_ = 0;
  Counts counts_;
};

}  // namespace tessera
