// The marks of documents that a run was trained with, as its checkpoints carry them.
#pragma once

#include <string>
#include <string_view>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/data/document_marks.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// The name of the marks among the facts in run.json.
inline constexpr std::string_view kDocumentMarks = "document_marks";

/// JSON text: {"opens": 1, "closes": null}.
std::string to_text(const DocumentMarks& marks);
/// The marks in run.json; checkpoints of earlier versions have none: the tokenizer's own.
DocumentMarks document_marks_of(const CheckpointReader& reader, const Tokenizer& tokenizer);
/// What opens or closes a document, from a word of the command line: `none`, the spelling of a token
/// or `#` and an id. Throws UserError, which names `option`, when the tokenizer has no such token.
int32_t document_mark(const std::string& word, const Tokenizer& tokenizer, std::string_view option);

}  // namespace tessera
