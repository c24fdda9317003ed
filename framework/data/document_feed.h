// Reads sources one after the other and hands their documents on in batches of about equal size. A
// document without records is cut where the tokenizer allows it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "framework/data/document_batch.h"
#include "framework/data/source_files.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// Where reading begins: at `place` of the source number `source`.
struct FeedStart {
  size_t source = 0;
  DocumentPlace place;
};

class DocumentFeed {
 public:
  using Submit = std::function<void(DocumentBatch)>;

  DocumentFeed(const std::vector<SourceFile>& sources, const ReadingOptions& options,
               const Tokenizer& tokenizer, const FeedStart& start, uint64_t most_uncut)
      : sources_(sources),
        options_(options),
        tokenizer_(tokenizer),
        start_(start),
        most_uncut_(most_uncut) {}

  /// Reads all sources. Throws UserError, which names the source, after everything before the
  /// failure was submitted. Waiting for standard input ends when `stop` becomes true.
  void run(const Submit& submit, const std::atomic<bool>& stop);

 private:
  void read_source(size_t source);
  void read_parts(size_t source, OpenedText& opened);
  void add_text(DocumentPart part);
  void add_part(DocumentPart part, std::shared_ptr<const RecordText> record_text);
  void add(BatchItem item);
  void flush();

  const std::vector<SourceFile>& sources_;
  const ReadingOptions& options_;
  const Tokenizer& tokenizer_;
  FeedStart start_;
  uint64_t most_uncut_;  // bytes of a document without a place to cut it
  const Submit* submit_ = nullptr;
  const std::atomic<bool>* stop_ = nullptr;
  const InputFile* file_ = nullptr;  // the one being read
  DocumentBatch batch_;
  size_t source_ = 0;
  DocumentPart carried_;  // text that is not cut yet
  size_t next_try_ = 0;   // how long carried_ must be before a cut is looked for again
};

}  // namespace tessera
