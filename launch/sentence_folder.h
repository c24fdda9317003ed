// The files that make a folder of transformers one of sentence-transformers.
#pragma once

#include <filesystem>

#include "launch/pooling.h"
#include "launch/source.h"

namespace tessera {

/// Throws UserError where sentence-transformers could not use the model: it is no encoder, or has no
/// tokenizer.
void require_sentence_model(const ModelSource& source);

/// Writes modules.json and the files of its modules into `folder`, beside the model.
void write_sentence_files(const std::filesystem::path& folder, const Pooling& pooling,
                          int64_t width);

}  // namespace tessera
