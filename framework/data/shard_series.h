// The shards of a folder, written one after the other. A document never spans two: a shard is closed
// before the first document that finds it full.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "framework/data/shard_manifest.h"
#include "framework/data/shard_writer.h"

namespace tessera {

class ShardSeries {
 public:
  /// `kept` are shards that lie in `folder` already; the next one gets the number after them.
  ShardSeries(std::filesystem::path folder, uint32_t token_bytes, uint64_t fingerprint,
              uint64_t shard_tokens, std::vector<ShardManifest::Shard> kept);

  /// Whether the open shard, if there is one, must be closed before the next document.
  bool full() const { return writer_ && writer_->token_count() >= shard_tokens_; }
  /// Completes the open shard, if there is one.
  void close();
  void begin_document();
  void append(std::span<const int32_t> ids) { writer_->append(ids); }
  void add_text_bytes(uint64_t bytes) { writer_->add_text_bytes(bytes); }

  /// The completed shards.
  const std::vector<ShardManifest::Shard>& shards() const { return shards_; }

 private:
  std::filesystem::path folder_;
  uint32_t token_bytes_;
  uint64_t fingerprint_;
  uint64_t shard_tokens_;
  std::vector<ShardManifest::Shard> shards_;
  std::optional<ShardWriter> writer_;
};

}  // namespace tessera
