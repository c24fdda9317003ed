// The config's words for a Transformer: which keys it reads, what they must satisfy, and the struct
// that they describe. The rows of models that are made of Transformer blocks use them.
#pragma once

#include <string>
#include <vector>

#include "framework/config/checks.h"
#include "models/transformer.h"

namespace tessera {

/// The keys of a Transformer, and `more`, for ModelKind::reads.
std::vector<std::string> transformer_keys(const std::vector<std::string>& more);

/// The demands of a Transformer, for ModelKind::check.
void check_transformer(const Checks& checks);

/// `vocab` stands in for model.vocab: auto. Throws UserError where tensor parallel ranks cannot
/// share a tokenizer's vocabulary evenly.
Transformer transformer_of(const Config& config, int64_t vocab);

/// "25 heads are computed as 32, …" where the config's mesh pads them, for ModelDef::remark.
std::string padding_text(const Config& config);

}  // namespace tessera
