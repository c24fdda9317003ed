// JSON lines: every line is an object, and the text of a document is one of its members. Blank
// lines are no documents.
#pragma once

#include "framework/data/document_reader.h"

namespace tessera {

class JsonLinesReader final : public DocumentReader {
 public:
  /// `key` names the member; `a.b` is the member b of the member a, unless a member is called so.
  JsonLinesReader(TextStream& text, std::string name, std::string key);

  bool next(DocumentPart& part) override;
  std::shared_ptr<const RecordText> record_text() const override { return record_text_; }

 private:
  /// Reads the next line, without its newline, into `part`; false at the end.
  bool next_line(DocumentPart& part);

  TextStream& text_;
  std::string name_;
  std::shared_ptr<const RecordText> record_text_;
};

}  // namespace tessera
