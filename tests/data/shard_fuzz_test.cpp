// Foreign bytes given to the readers of shards and manifests: a result or a UserError, never
// anything else.
#include "framework/data/shard_writer.h"
#include "framework/data/token_split.h"
#include "tests/data/text_folder.h"
#include "tests/mutated.h"

namespace tessera {
namespace {

constexpr uint64_t kInputs = 2000;

/// Opens and reads everything; true when that succeeded, false when a UserError said why not.
bool opens(const fs::path& folder) {
  try {
    const auto shards = TokenShards::open(folder);
    std::vector<int32_t> ids(shards->token_count());
    shards->read(0, ids);
    split_tokens(shards, 0.2);
    return true;
  } catch (const UserError&) {
    return false;
  }
}

TEST(ShardFuzz, MutatedShards) {
  const TemporaryFolder folder;
  make_shards(folder, {random_text(1, 3000), random_text(2, 500), "x"});
  const auto path = folder / "shards" / "tokens-00000.shard";
  const std::string original = read_file(path);
  const Random random(1, "test.fuzz.shards");
  for (uint64_t i = 0; i < kInputs; ++i) {
    const std::string changed = mutated(original, original, random, i);
    write_file(path, changed);
    EXPECT_EQ(opens(folder / "shards"), changed == original) << i;
  }
}

/// Checksums are put right again after the mutation, so that the checks behind them are reached.
TEST(ShardFuzz, MutatedShardsWithValidChecksums) {
  const TemporaryFolder folder;
  make_shards(folder, {random_text(1, 3000), random_text(2, 500), "x"});
  const auto path = folder / "shards" / "tokens-00000.shard";
  const std::string original = read_file(path);
  ShardManifest manifest = read_shard_manifest(folder / "shards");
  const Random random(2, "test.fuzz.sealed");
  uint64_t opened = 0;
  for (uint64_t i = 0; i < kInputs; ++i) {
    std::string changed = mutated(original, original, random, i);
    if (changed.size() < kShardHeaderBytes) continue;
    std::memcpy(changed.data(), original.data(), 16);  // magic, version, width
    auto fields = std::vector<uint64_t>(6);
    std::memcpy(fields.data(), changed.data() + 16, 48);
    ShardHeader header{.token_bytes = 2,
                       .token_count = fields[0],
                       .document_count = fields[1],
                       .text_bytes = fields[2],
                       .fingerprint = manifest.fingerprint};
    if (header.token_count <= changed.size() && header.document_count <= changed.size()) {
      const ShardLayout layout = shard_layout(header);
      if (layout.file_bytes <= changed.size()) {
        const auto bytes = std::as_bytes(std::span(changed));
        for (uint64_t b = 0; b < layout.block_count; ++b) {
          const uint64_t begin = b * kShardBlockBytes;
          const uint64_t checksum = shard_checksum(bytes.subspan(
              kShardHeaderBytes + begin,
              std::min<uint64_t>(kShardBlockBytes, layout.padded_token_bytes - begin)));
          std::memcpy(changed.data() + layout.blocks + 8 * b, &checksum, 8);
        }
        header.index_checksum = shard_checksum(bytes.subspan(layout.documents));
      }
    }
    const auto encoded = encode_shard_header(header);
    std::memcpy(changed.data(), encoded.data(), encoded.size());
    write_file(path, changed);
    manifest.shards[0] = {"tokens-00000.shard", header.token_count, header.document_count,
                          header.text_bytes, shard_header_checksum(encoded)};
    write_file(folder / "shards" / "manifest.json", to_text(manifest));
    opened += opens(folder / "shards") ? 1 : 0;
  }
  EXPECT_GT(opened, kInputs / 20);  // else the seal is not what the reader wants
}

TEST(ShardFuzz, MutatedManifests) {
  const TemporaryFolder folder;
  make_shards(folder, {random_text(1, 300)});
  const auto path = folder / "shards" / "manifest.json";
  const std::string original = read_file(path);
  const Random random(3, "test.fuzz.manifests");
  for (uint64_t i = 0; i < kInputs; ++i) {
    write_file(path, mutated(original, original, random, i));
    opens(folder / "shards");
  }
}

TEST(ShardFuzz, NestedManifest) {
  const std::string deep = std::string(1 << 20, '[');
  expect_contains(error_of([&] { parse_shard_manifest(deep, "m"); }), "m: damaged");
  expect_contains(error_of([&] { parse_shard_manifest(deep + std::string(1 << 20, ']'), "m"); }),
                  "m: damaged");
}

TEST(ShardFuzz, NestingInsideAManifest) {
  const TemporaryFolder folder;
  make_shards(folder, {random_text(1, 300)});
  const std::string original = read_file(folder / "shards" / "manifest.json");
  for (const char* key : {"format", "version", "tokenizer", "sources", "shards", "other"})
    for (const size_t levels : {size_t{40}, size_t{100'000}}) {
      std::string text = original;
      const std::string lists = std::string(levels, '[') + std::string(levels, ']');
      const size_t at = text.find('"' + std::string(key) + "\":");
      if (at == std::string::npos)
        text.insert(1, "\"other\":" + lists + ",");
      else
        text.replace(at, text.find_first_of(",{[", at) - at,
                     '"' + std::string(key) + "\":" + lists + ",\"x\":1");
      expect_contains(error_of([&] { parse_shard_manifest(text, "m"); }), "m: damaged");
      expect_contains(error_of([&] { parse_shard_manifest(text, "m"); }), "nested deeper");
    }
}

}  // namespace
}  // namespace tessera
