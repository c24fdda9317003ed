// The journal of an unfinished folder of shards: the arguments of the run that began it and, for each
// completed shard, the sources read so far and the place where the next shard begins. A run that was
// interrupted, by kill -9 or a loss of power too, can so be continued. Lines of JSON; a torn last line is
// ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/append_file.h"
#include "framework/data/document_reader.h"
#include "framework/data/shard_manifest.h"
#include "framework/data/source_record.h"

namespace tessera {

inline constexpr std::string_view kShardJournalName = "journal.jsonl";

/// Names of arguments, as a user knows them, and their values.
using JournalArguments = std::vector<std::pair<std::string, std::string>>;

/// Where an interrupted run stood when its last shard was complete.
struct JournalState {
  JournalArguments arguments;
  std::vector<ShardManifest::Shard> shards;
  std::vector<SourceRecord> sources;  // those read to the end
  std::optional<SourceRecord> begun;  // the one after them, if it is known: its file as listed
  DocumentPlace place;                // where the next document begins in that one
  SourceCounts counts;                // of that source, up to there
  uint64_t journal_bytes = 0;         // of the journal up to there
};

/// What `folder` holds of an interrupted run: nullopt when no shard is complete and intact.
std::optional<JournalState> read_shard_journal(const std::filesystem::path& folder);

/// "--shard-tokens was 5 and is 6; …": empty when the arguments are equal.
std::string argument_differences(const JournalArguments& before, const JournalArguments& now);

class ShardJournal {
 public:
  /// Begins the journal of `folder`.
  ShardJournal(const std::filesystem::path& folder, const JournalArguments& arguments);
  /// Goes on with the journal of `folder` after `state`, which was read from it.
  ShardJournal(const std::filesystem::path& folder, const JournalState& state);

  /// Adds a source that was read to the end; it is written with the next shard.
  void add_source(const SourceRecord& record);
  /// Adds a completed shard and where the next document begins, in the file `source` as it was
  /// listed; returns when the disk holds it.
  void add_shard(const ShardManifest::Shard& shard, const SourceRecord& source,
                 const DocumentPlace& place);

 private:
  std::string waiting_;
  AppendFile file_;
};

}  // namespace tessera
