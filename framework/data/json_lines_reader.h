// JSON lines: every line is an object, and the text of a document is one of its members. Blank
// lines are no documents.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "framework/data/document_reader.h"

namespace tessera {

/// What a value is, in words: "an array", "null", "true".
std::string_view json_kind(const nlohmann::json& value);

/// Turns the escapes of surrogates without a partner (`\ud83d` alone), which Python writes and JSON's
/// readers refuse, into those of U+FFFD. The length stays.
void mend_surrogates(std::string& record);

class JsonLinesReader final : public DocumentReader {
 public:
  /// `key` names the member; `a.b` is the member b of the member a, unless a member is called so.
  JsonLinesReader(TextStream& text, std::string name, std::string key);

  bool next(DocumentPart& part) override;
  std::shared_ptr<const RecordText> record_text() const override { return record_text_; }

 private:
  std::string too_long(uint64_t line) const;
  /// Reads the next line, without its newline, into `part`; false at the end.
  bool next_line(DocumentPart& part);

  TextStream& text_;
  std::string name_;
  std::shared_ptr<const RecordText> record_text_;
};

}  // namespace tessera
