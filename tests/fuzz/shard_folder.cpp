// The JSON of a folder of shards: its manifest, whose checksum is put right, its journal, and the
// description of a tokenizer. The first byte of the input says which.
#include <xxhash.h>

#include <nlohmann/json.hpp>

#include "framework/core/json.h"
#include "framework/data/shard_journal.h"
#include "framework/data/shard_writer.h"
#include "framework/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

void read_manifest(std::string_view input) {
  nlohmann::json json = parse_json_object(input, "the file");
  const auto text = [&] {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  json["format"] = "tessera-tokens";
  json["version"] = 1;
  json.erase("checksum");
  const std::string sealed = text();
  json["checksum"] = fmt::format("{:016x}", XXH3_64bits(sealed.data(), sealed.size()));
  const ShardManifest manifest = parse_shard_manifest(text(), "the file");
  check(parse_shard_manifest(to_text(manifest), "the file") == manifest,
        "a manifest written anew is another");
}

/// A folder with one shard whose header is known.
const TemporaryFolder& folder_of_shards() {
  static const TemporaryFolder folder;
  static const bool written = [] {
    ShardWriter shard(folder / shard_file_name(0), 2, 7);
    shard.begin_document();
    const std::vector<int32_t> ids = {1, 2, 3};
    shard.append(ids);
    const uint64_t checksum = shard.finish();
    const JournalArguments arguments{{"--shard-tokens", "3"}};
    ShardJournal journal(folder.path(), arguments);
    SourceRecord source;
    source.file = "a.txt";
    source.bytes = 3;
    journal.add_source(source);
    source.counts.documents = 1;
    journal.add_shard({shard_file_name(0), 3, 1, 3, checksum}, source, {.position = 3});
    return true;
  }();
  static_cast<void>(written);
  return folder;
}

void read_journal(std::string_view input) {
  const TemporaryFolder& folder = folder_of_shards();
  std::ofstream(folder / std::string(kShardJournalName), std::ios::binary) << input;
  const auto state = read_shard_journal(folder.path());
  if (!state) return;
  check(state->shards.size() == 1 && state->journal_bytes <= input.size(),
        "{} shards and {} bytes of the journal", state->shards.size(), state->journal_bytes);
}

void read(std::string_view input) {
  const uint8_t choice = take_byte(input);
  if (choice % 4 == 0) return read_manifest(input);
  if (choice % 4 == 1) return read_journal(input);
  make_tokenizer(input, "/nowhere");
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(shard_folder, tessera::read)
