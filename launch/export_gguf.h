// `tessera export --as gguf`: a model as one GGUF file, for llama.cpp and all that read its files.
#pragma once

#include "launch/export_folder.h"

namespace tessera {

/// Writes `options.folder`, which ends in ".gguf" and must not exist. Throws UserError when GGUF has
/// no name for the model or its tokenizer, naming what prevents it.
ExportReport export_gguf(const ModelSource& source, const ExportOptions& options);

}  // namespace tessera
