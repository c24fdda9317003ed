// The texts of all sources in parts, for work that needs no order of tokens: counting words, or
// comparing tokenizers. A part is a small document, or part of a longer one: whole lines, where the
// document is cut at lines, or else text that begins at a space behind a character that is none,
// where every pattern of BPE's training begins a word. Where there is no such place for very long, a
// part ends elsewhere.
//
// Threads that share the work take batches: taking one is quick, and the texts of its records are made
// by the thread that has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
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

  /// A part, or records that are still to become texts.
  struct Batch {
    std::string text;
    bool at_lines = true;
    std::vector<DocumentPart> records;
    std::shared_ptr<const RecordText> record_text;  // null: a part
    size_t source = 0;
  };
  /// Takes the next batch; false at the end. One thread at a time may call this. Throws as next()
  /// does, but for records.
  bool take(Batch& batch);
  /// Gives the texts of a batch, each of which is a document, or the part. May be called from several
  /// threads, also beside take(). Throws UserError for a record that cannot be read, as the options
  /// say.
  void read(Batch& batch, const std::function<void(std::string_view text)>& found);

  /// Not to be called beside next() or take().
  Counts counts() const;

 private:
  bool take_records(Batch& batch);
  bool extract(DocumentPart& part, const RecordText& record_text, size_t source) const;
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
  mutable std::mutex mutex_;  // of read_
  Counts read_;               // what read() has counted
};

}  // namespace tessera
