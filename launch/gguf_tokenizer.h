// The tokenizer of a model as metadata of a GGUF file.
#pragma once

#include <string>
#include <vector>

#include "framework/formats/gguf_writer.h"
#include "launch/source.h"

namespace tessera {

/// Adds the keys tokenizer.*, with tokens up to `rows`, the chat template among them. Those of a
/// model that came from a GGUF file are copied. Throws UserError where GGUF has no name for the
/// tokenizer, or there is none. Returns what the user should know.
std::vector<std::string> add_tokenizer(GgufWriter& writer, const ModelSource& source, int64_t rows);

}  // namespace tessera
