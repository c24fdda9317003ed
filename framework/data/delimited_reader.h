// CSV and TSV with quotes as in RFC 4180: the first record names the columns, and every other one is
// a document, made of one column or of several joined by a newline. A field in quotes may hold
// delimiters, newlines and doubled quotes; a quote inside a field without quotes stands for itself.
// Blank lines are no records. Where a quote is never closed, the line alone in which its record begins
// is broken, and the next record begins in the line after it.
#pragma once

#include "framework/data/document_reader.h"

namespace tessera {

class DelimitedReader final : public DocumentReader {
 public:
  /// Reads the header; throws UserError when it is broken or lacks a column.
  DelimitedReader(TextStream& text, std::string name, char delimiter,
                  const std::vector<std::string>& columns);

  bool next(DocumentPart& part) override;
  std::shared_ptr<const RecordText> record_text() const override { return record_text_; }

 private:
  bool next_record(DocumentPart& part);
  void skip_line();

  TextStream& text_;
  std::string name_;
  char delimiter_;
  std::shared_ptr<const RecordText> record_text_;
};

}  // namespace tessera
