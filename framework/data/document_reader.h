// The documents of one source, one after the other, in parts of bounded memory. Reading is split in
// two, so that all cores can share it: a reader finds where documents begin and end, which must be
// done in order, and a RecordText takes the text out of a record, which may be done in any order
// and by several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/text_stream.h"

namespace tessera {

enum class TextFormat : uint8_t { by_name, text, json_lines, csv, tsv };

/// How the documents of the sources are found.
struct ReadingOptions {
  TextFormat format = TextFormat::by_name;
  std::string text_key = "text";  // JSON lines: a key, or a path of keys such as `a.b`
  std::vector<std::string> columns = {"text"};  // CSV and TSV: joined by a newline
  bool skip_broken = false;                     // count records that cannot be read, and go on
  bool skip_unreadable = false;                 // the same for files and folders
  // Whether the user named the text, and so expects records of that kind.
  bool key_is_given = false, columns_are_given = false;

  bool operator==(const ReadingOptions&) const = default;
};

/// Where a document begins, in the decompressed text of its source.
struct DocumentPlace {
  uint64_t position = 0;  // bytes before it
  uint64_t line = 1;
  uint64_t hash = 0;  // of the bytes before it

  bool operator==(const DocumentPlace&) const = default;
};

/// The place at which what lies ahead begins.
DocumentPlace place_ahead(const TextStream& text);

struct DocumentPart {
  std::string text;  // of a record: as it stands in the file
  bool begins = true, ends = true;
  DocumentPlace place;  // of the document
  std::string broken;   // why a record cannot be read; empty when it can
};

/// Takes the text out of a record.
class RecordText {
 public:
  virtual ~RecordText() = default;
  /// Replaces `record`, which begins in line `line`, by its text. Throws UserError, which names
  /// file and line, when that cannot be done. May be called from several threads.
  virtual void extract(std::string& record, uint64_t line) const = 0;
};

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// Reads the next part; false at the end. A part of a document that has no records may end
  /// anywhere, between the bytes of a character too.
  virtual bool next(DocumentPart& part) = 0;
  /// How the text of a record is taken out; null when the parts are text.
  virtual std::shared_ptr<const RecordText> record_text() const { return nullptr; }
};

/// The largest record; a longer one counts as broken.
inline constexpr size_t kMostRecordBytes = size_t{256} << 20;

/// The format that the name of a source tells: by_name where the content must.
TextFormat format_by_name(const std::string& name);

/// The format of a source: as the options say, or by its name (`.jsonl`, `.ndjson`, `.csv`, `.tsv`
/// and `.tab`, with `.gz` or `.zst` behind; `.json` when its first two lines begin like objects).
TextFormat format_of(const std::string& name, TextStream& text, TextFormat asked);

/// The reader of `text`, which must outlive it; `name` is how errors call the source.
std::unique_ptr<DocumentReader> read_documents(TextStream& text, const std::string& name,
                                               const ReadingOptions& options);

}  // namespace tessera
