// The ids that stand before and after the ids of each document's text.
#pragma once

#include <cstdint>

#include "framework/tokenizer/special_tokens.h"

namespace tessera {

struct DocumentMarks {
  int32_t opens = SpecialTokens::kNone;
  int32_t closes = SpecialTokens::kNone;

  /// What a tokenizer's documents have unless someone chose otherwise: its end-of-document token
  /// opens, and so closes the document before.
  static DocumentMarks of(const SpecialTokens& special) {
    return {.opens = special.end_of_document};
  }

  bool opened() const { return opens != SpecialTokens::kNone; }
  bool closed() const { return closes != SpecialTokens::kNone; }
  /// The label of a document's last token, which says that the document has ended; kNone where that
  /// token itself is the closing mark, after which nothing is to be told.
  int32_t after_last() const { return closed() ? SpecialTokens::kNone : opens; }
  bool contains(int32_t id) const { return id >= 0 && (id == opens || id == closes); }
  bool operator==(const DocumentMarks&) const = default;
};

}  // namespace tessera
