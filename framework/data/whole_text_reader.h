// A source that is one document: plain text, Markdown, source code.
#pragma once

#include "framework/data/document_reader.h"

namespace tessera {

class WholeTextReader final : public DocumentReader {
 public:
  explicit WholeTextReader(TextStream& text) : text_(text) {}

  bool next(DocumentPart& part) override;

 private:
  TextStream& text_;
  bool ended_ = false;
};

}  // namespace tessera
