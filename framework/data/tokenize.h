// Turns text files into a folder of token shards and a manifest. Each file is one document, opened
// by the end-of-document token; a document never spans two shards. The folder appears whole or not
// at all, and the same files in the same order give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct TokenizeOptions {
  bool overwrite = false;  // replace an older folder of token shards
  bool include_hidden = false;
  uint64_t shard_tokens = uint64_t{1} << 28;  // a shard is closed once it has this many
};

struct TokenizeProgress {
  uint64_t files = 0, files_total = 0;
  uint64_t bytes = 0, bytes_total = 0;  // the total is what the file sizes said at the start
};

struct TokenizeResult {
  uint64_t documents = 0, tokens = 0, text_bytes = 0, shards = 0;
  // What was left out:
  uint64_t empty = 0;              // files
  uint64_t binary = 0;             // files with a zero byte among their first 8,192
  std::vector<std::string> utf16;  // files in that encoding
  uint64_t hidden = 0, special = 0, duplicates = 0;
  std::vector<std::string> unreadable;  // "PATH: reason", found in a walk; a named one is an error
};

/// `progress` may throw, which stops the work and leaves nothing behind.
TokenizeResult tokenize(const std::vector<std::filesystem::path>& inputs,
                        const std::filesystem::path& out, const Tokenizer& tokenizer,
                        const TokenizeOptions& options = {},
                        const std::function<void(const TokenizeProgress&)>& progress = {});

}  // namespace tessera
