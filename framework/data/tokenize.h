// Turns text files into a folder of token shards, a manifest and a list of the sources. A document is
// a file or a record of one (document_reader.h), opened by the end-of-document token unless the
// options say otherwise, and never spans two shards. The folder appears whole or not at all, and the
// same files in the same order give the same bytes, on any number of threads. Work that was
// interrupted goes on from its last complete shard when the same is asked for again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/data/document_marks.h"
#include "framework/data/document_reader.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct TokenizeOptions {
  bool overwrite = false;  // replace an older folder of token shards
  bool include_hidden = false;
  uint64_t shard_tokens = uint64_t{1} << 28;  // a shard is closed once it has this many
  ReadingOptions reading{};
  std::optional<DocumentMarks> marks{};     // by default the end-of-document token opens
  int threads = 0;                          // that encode; 0: one for each core
  uint64_t most_uncut = uint64_t{1} << 30;  // bytes of a document that may not be cut anywhere
};

struct TokenizeProgress {
  uint64_t files = 0, files_total = 0;
  uint64_t bytes = 0, bytes_total = 0;  // of files; the total is what their sizes were at the start
  uint64_t bytes_before = 0;            // those that an interrupted run had done
  uint64_t text_bytes = 0;              // encoded by this run
};

struct TokenizeResult {
  uint64_t documents = 0, tokens = 0, text_bytes = 0, shards = 0;
  uint64_t shards_before = 0;  // those that an interrupted run had completed
  // What was left out:
  uint64_t empty = 0;              // files
  uint64_t binary = 0;             // files with a zero byte among their first 8,192
  std::vector<std::string> utf16;  // files in that encoding without a byte order mark
  uint64_t empty_records = 0;      // records without text
  uint64_t broken_records = 0;     // skipped because the options say so
  std::string first_broken;        // why the first of them that this run met was skipped
  uint64_t hidden = 0, unfinished = 0, special = 0, duplicates = 0;
  std::vector<std::string> no_records;     // files of records without one
  std::vector<std::string> shard_folders;  // folders of token shards among the sources
  std::vector<std::string> unreadable;     // "PATH: reason"; left out because the options say so
};

/// `progress` may throw, which stops the work. Work that stops before its first shard is complete
/// leaves nothing behind; later, it leaves its complete shards to go on from.
TokenizeResult tokenize(const std::vector<std::filesystem::path>& inputs,
                        const std::filesystem::path& out, const Tokenizer& tokenizer,
                        const TokenizeOptions& options = {},
                        const std::function<void(const TokenizeProgress&)>& progress = {});

}  // namespace tessera
