// Folders of tokenizers that `tessera tokenizer` writes: each appears whole or not at all.
#pragma once

#include <filesystem>

#include "framework/data/output_folder.h"
#include "framework/tokenizer/files.h"

namespace tessera {

/// The files of a tokenizer.
extern const OldOutput kTokenizerOutput;

/// Writes the files to the folder that `folder` will be, and puts it in place.
void commit_tokenizer(const TokenizerFiles& files, OutputFolder& folder);

}  // namespace tessera
