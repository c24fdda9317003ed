// Turning text into token shards, with a progress line and a report, for the verbs that do so: tokenize and quickstart.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/tokenize.h"

namespace tessera {

/// Tokenizes `files` into the folder `out`, and prints what was taken and what was left out. The report calls the folder
/// `named`, for a caller who moves it afterwards. UserError when there is no tokenizer of that name.
void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const std::string& tokenizer,
                          const TokenizeOptions& options);

}  // namespace tessera
