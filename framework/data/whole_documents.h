// Whole documents, one at a time, for readers to whom a document is one text.
#pragma once

#include <functional>
#include <string>

#include "framework/data/document_reader.h"
#include "framework/data/source_files.h"

namespace tessera {

/// Hands out the text of every document of the files, in order. A document that no record holds
/// counts as one, whatever its length. Returns how many records were broken and left out. Throws
/// UserError, which names the file.
uint64_t for_each_document(const SourceFiles& sources, const ReadingOptions& options,
                           const std::function<void(const std::string& text)>& take);

}  // namespace tessera
