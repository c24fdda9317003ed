// Text to token shards with progress and a report, for the verbs that do it: tokenize and quickstart.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/tokenize.h"

namespace tessera {

/// Prints what was taken and what was left out. `named`: the folder as the report calls it, for a caller who moves it.
/// UserError when there is no tokenizer of that name.
void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const std::string& tokenizer,
                          const TokenizeOptions& options);

}  // namespace tessera
