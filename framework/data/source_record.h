// What became of one source: a line of the file `sources.jsonl`, which lies beside the shards, and of
// the journal of an unfinished folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "framework/data/text_stream.h"

namespace tessera {

/// The file that says which sources a folder of shards was made from.
inline constexpr std::string_view kSourceRecordsName = "sources.jsonl";

/// Counts of the records and documents of a source, or of a part of it.
struct SourceCounts {
  uint64_t documents = 0;
  uint64_t empty = 0;   // records without text
  uint64_t broken = 0;  // records that were skipped

  bool operator==(const SourceCounts&) const = default;
};

struct SourceRecord {
  std::string file;  // its path as it was given or met, in UTF-8
  SourceKind kind = SourceKind::text;
  std::string reason;         // why an unreadable file could not be read
  uint64_t listed_bytes = 0;  // size and time when the work began, which tell whether it changed
  int64_t modified = 0;
  uint64_t bytes = 0;  // as read
  uint64_t hash = 0;   // XXH3 of its bytes
  SourceCounts counts;

  bool operator==(const SourceRecord&) const = default;
};

/// The path in UTF-8: bytes that are none are replaced.
std::string record_path(const std::filesystem::path& path);

nlohmann::json to_json(const SourceCounts& counts);
SourceCounts source_counts(const nlohmann::json& json, const std::string& what);

nlohmann::json to_json(const SourceRecord& record);
/// Throws UserError, which begins with `what`, when the JSON is no record.
SourceRecord source_record(const nlohmann::json& json, const std::string& what);

/// The text of `sources.jsonl`: one line for each source that gave a document.
std::string source_records_text(const std::vector<SourceRecord>& records);

std::string hash_text(uint64_t hash);
uint64_t parse_hash(const nlohmann::json& json, const std::string& what);

}  // namespace tessera
