// Turns text into token shards, with a progress line and a report, for the verbs `tokenize` and
// `quickstart`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/tokenize.h"

namespace tessera {

/// Tokenizes `files` into the folder `out`, and prints what was taken and what was left out. The
/// report calls the folder `named`, for callers that move the folder afterwards. Throws UserError
/// when no tokenizer has the name `tokenizer`, which the report calls `called`, if that is given.
void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const std::string& tokenizer,
                          const TokenizeOptions& options, const std::string& called = "");

/// The same with a tokenizer that is there already, which the report calls `called`.
void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const Tokenizer& tokenizer,
                          const std::string& called, const TokenizeOptions& options);

}  // namespace tessera
