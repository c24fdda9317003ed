#include "framework/data/shard_series.h"

#include <utility>

namespace tessera {

ShardSeries::ShardSeries(std::filesystem::path folder, uint32_t token_bytes, uint64_t fingerprint,
                         uint64_t shard_tokens, std::vector<ShardManifest::Shard> kept)
    : folder_(std::move(folder)),
      token_bytes_(token_bytes),
      fingerprint_(fingerprint),
      shard_tokens_(shard_tokens),
      shards_(std::move(kept)) {}

void ShardSeries::begin_document() {
  if (!writer_)
    writer_.emplace(folder_ / shard_file_name(shards_.size()), token_bytes_, fingerprint_);
  writer_->begin_document();
}

void ShardSeries::close() {
  if (!writer_) return;
  const uint64_t checksum = writer_->finish();
  const ShardHeader& header = writer_->header();
  shards_.push_back({.file = shard_file_name(shards_.size()),
                     .tokens = header.token_count,
                     .documents = header.document_count,
                     .text_bytes = header.text_bytes,
                     .checksum = checksum});
  writer_.reset();
}

}  // namespace tessera
