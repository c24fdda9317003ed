// The arguments of `tokenize` that decide what its shards hold, as the journal of an unfinished folder
// keeps them.
#pragma once

#include <filesystem>
#include <vector>

#include "framework/data/shard_journal.h"
#include "framework/data/tokenize.h"

namespace tessera {

JournalArguments journal_arguments(const std::vector<std::filesystem::path>& inputs,
                                   const Tokenizer& tokenizer, const DocumentMarks& marks,
                                   const TokenizeOptions& options);

}  // namespace tessera
