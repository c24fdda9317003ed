#include "framework/data/shard_journal.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/data/shard_format.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t kVersion = 1;
const std::string kWhat = "the journal";  // errors in it end its reading and are not shown

std::string line_of(const Json& json) { return json.dump() + "\n"; }

Json to_json(const ShardManifest::Shard& shard, const SourceRecord& source,
             const DocumentPlace& place) {
  return {{"shard", shard.file},
          {"tokens", shard.tokens},
          {"documents", shard.documents},
          {"text_bytes", shard.text_bytes},
          {"checksum", hash_text(shard.checksum)},
          {"position", place.position},
          {"line", place.line},
          {"hash", hash_text(place.hash)},
          {"counts", to_json(source.counts)},
          {"source", to_json(source)}};
}

uint64_t member(const Json& json, const char* key) {
  return static_cast<uint64_t>(json_count(json_member(json, key, kWhat), kWhat));
}

/// Whether the file is as long as its header says, and the header the one that was written.
bool intact(const fs::path& folder, const ShardManifest::Shard& shard) {
  const fs::path path = folder / shard.file;
  std::array<std::byte, kShardHeaderBytes> bytes{};
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  if (!file || shard_header_checksum(bytes) != shard.checksum) return false;
  std::error_code error;
  const ShardHeader header = decode_shard_header(bytes, path.string());
  return fs::file_size(path, error) == shard_layout(header).file_bytes && !error;
}

/// The file without what follows its first `bytes`.
fs::path cut_back(fs::path path, uint64_t bytes) {
  std::error_code error;
  fs::resize_file(path, bytes, error);
  require(!error, "{}: cannot be cut: {}", path.string(), error.message());
  return path;
}

/// Reads the journal line by line and keeps the state of the last good shard.
class JournalReader {
 public:
  explicit JournalReader(const fs::path& folder) : folder_(folder) {}

  /// Takes one line; throws UserError when the journal ends to make sense there.
  void take(const std::string& line) {
    read_bytes_ += line.size() + 1;
    const Json json = parse_json_object(line, kWhat);
    if (json.contains("arguments")) {
      require(member(json, "version") == kVersion, "{}: another version", kWhat);
      for (const Json& pair : json_list(json.at("arguments"), kWhat)) {
        require(pair.is_array() && pair.size() == 2, "{}: no argument", kWhat);
        state_.arguments.emplace_back(json_text(pair[0], kWhat), json_text(pair[1], kWhat));
      }
      begun_ = true;
      return;
    }
    require(begun_, "{}: no arguments", kWhat);
    if (!json.contains("shard")) {
      sources_.push_back(source_record(json, kWhat));
      return;
    }
    const ShardManifest::Shard shard{
        .file = json_text(json.at("shard"), kWhat),
        .tokens = member(json, "tokens"),
        .documents = member(json, "documents"),
        .text_bytes = member(json, "text_bytes"),
        .checksum = parse_hash(json_member(json, "checksum", kWhat), kWhat)};
    const DocumentPlace place{.position = member(json, "position"),
                              .line = member(json, "line"),
                              .hash = parse_hash(json_member(json, "hash", kWhat), kWhat)};
    const SourceCounts counts = source_counts(json_member(json, "counts", kWhat), kWhat);
    require(shard.file == shard_file_name(state_.shards.size()) && intact(folder_, shard),
            "{}: a shard is damaged", kWhat);
    state_.shards.push_back(shard);
    state_.place = place;
    state_.counts = counts;
    state_.begun.reset();
    if (const auto source = json.find("source"); source != json.end())  // older ones lack it
      state_.begun = source_record(*source, kWhat);
    state_.sources.insert(state_.sources.end(), sources_.begin(), sources_.end());
    sources_.clear();
    state_.journal_bytes = read_bytes_;
  }

  JournalState state() && { return std::move(state_); }

 private:
  const fs::path& folder_;
  JournalState state_;
  std::vector<SourceRecord> sources_;  // whose shard did not come yet
  bool begun_ = false;
  uint64_t read_bytes_ = 0;
};

}  // namespace

std::optional<JournalState> read_shard_journal(const fs::path& folder) {
  std::ifstream file(folder / kShardJournalName, std::ios::binary);
  JournalReader reader(folder);
  try {
    for (std::string line; std::getline(file, line) && !file.eof();) reader.take(line);
  } catch (const UserError&) {  // torn or damaged: what came before counts
  }
  JournalState state = std::move(reader).state();
  if (state.shards.empty()) return std::nullopt;
  return state;
}

std::string argument_differences(const JournalArguments& before, const JournalArguments& now) {
  std::string text;
  for (const auto& [name, value] : now) {
    const std::string* earlier = nullptr;
    for (const auto& [other, other_value] : before)
      if (other == name) earlier = &other_value;
    if (earlier != nullptr && *earlier == value) continue;
    text += fmt::format("{}{} was {} and is {}", text.empty() ? "" : "; ", name,
                        earlier == nullptr ? "not known" : *earlier, value);
  }
  return text;
}

ShardJournal::ShardJournal(const fs::path& folder, const JournalArguments& arguments)
    : file_(folder / kShardJournalName) {
  Json list = Json::array();
  for (const auto& [name, value] : arguments) list.push_back(Json::array({name, value}));
  file_.append(line_of({{"version", kVersion}, {"arguments", list}}));
}

ShardJournal::ShardJournal(const fs::path& folder, const JournalState& state)
    : file_(cut_back(folder / kShardJournalName, state.journal_bytes)) {}

void ShardJournal::add_source(const SourceRecord& record) { waiting_ += line_of(to_json(record)); }

void ShardJournal::add_shard(const ShardManifest::Shard& shard, const SourceRecord& source,
                             const DocumentPlace& place) {
  file_.append(waiting_ + line_of(to_json(shard, source, place)));
  file_.sync();
  waiting_.clear();
}

}  // namespace tessera
