#include "framework/data/source_record.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

constexpr const char* kKinds[] = {"text", "empty", "binary", "utf16", "unreadable"};

SourceKind parse_kind(const std::string& name, const std::string& what) {
  for (size_t i = 0; i < std::size(kKinds); ++i)
    if (name == kKinds[i]) return static_cast<SourceKind>(i);
  user_error("{}: no kind of source is called {}", what, name);
}

uint64_t member_count(const Json& json, const char* key, const std::string& what) {
  return static_cast<uint64_t>(json_count(json_member(json, key, what), what));
}

}  // namespace

std::string record_path(const std::filesystem::path& path) {
  return replace_invalid_utf8(path.string());
}

std::string hash_text(uint64_t hash) { return fmt::format("{:016x}", hash); }

uint64_t parse_hash(const Json& json, const std::string& what) {
  const std::string& text = json_text(json, what);
  uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  require(error == std::errc() && end == text.data() + text.size() && text.size() == 16,
          "{}: no hash", what);
  return hash;
}

Json to_json(const SourceCounts& counts) {
  return {{"documents", counts.documents}, {"empty", counts.empty}, {"broken", counts.broken}};
}

SourceCounts source_counts(const Json& json, const std::string& what) {
  return {.documents = member_count(json, "documents", what),
          .empty = member_count(json, "empty", what),
          .broken = member_count(json, "broken", what)};
}

Json to_json(const SourceRecord& record) {
  return {{"file", record.file},
          {"kind", kKinds[static_cast<size_t>(record.kind)]},
          {"reason", record.reason},
          {"listed_bytes", record.listed_bytes},
          {"modified", record.modified},
          {"bytes", record.bytes},
          {"xxh3", hash_text(record.hash)},
          {"counts", to_json(record.counts)}};
}

SourceRecord source_record(const Json& json, const std::string& what) {
  SourceRecord record;
  record.file = json_text(json_member(json, "file", what), what);
  record.kind = parse_kind(json_text(json_member(json, "kind", what), what), what);
  record.reason = json_text(json_member(json, "reason", what), what);
  record.listed_bytes = member_count(json, "listed_bytes", what);
  const Json& modified = json_member(json, "modified", what);
  require(modified.is_number_integer(), "{}: no time", what);
  record.modified = modified.get<int64_t>();
  record.bytes = member_count(json, "bytes", what);
  record.hash = parse_hash(json_member(json, "xxh3", what), what);
  record.counts = source_counts(json_member(json, "counts", what), what);
  return record;
}

std::string source_records_text(const std::vector<SourceRecord>& records) {
  std::string text;
  for (const SourceRecord& record : records) {
    if (record.counts.documents == 0) continue;
    const nlohmann::ordered_json line = {{"file", record.file},
                                         {"bytes", record.bytes},
                                         {"xxh3", hash_text(record.hash)},
                                         {"documents", record.counts.documents}};
    text += line.dump() + "\n";
  }
  return text;
}

}  // namespace tessera
