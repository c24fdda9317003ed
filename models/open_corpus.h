// Opens the folders of token shards that a config names.
#pragma once

#include "framework/config/config.h"
#include "framework/data/corpus.h"

namespace tessera {

/// The corpus of data.shards or data.sources, with its held-out parts. Throws UserError when none is
/// named, one is missing or damaged, or they do not go together.
Corpus open_corpus(const Config& config);

}  // namespace tessera
