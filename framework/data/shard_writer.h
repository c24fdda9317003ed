// Writes one token shard as a stream; memory grows only by 8 bytes per document and per block of 64
// KiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "framework/core/durable_file.h"
#include "framework/data/shard_format.h"

namespace tessera {

class ShardWriter {
 public:
  ShardWriter(const std::filesystem::path& path, uint32_t token_bytes, uint64_t fingerprint);

  /// Begins a document, to which the tokens appended from now on belong; each document has at least
  /// one.
  void begin_document();
  void append(std::span<const int32_t> ids);
  void add_text_bytes(uint64_t bytes) { header_.text_bytes += bytes; }
  uint64_t token_count() const { return header_.token_count; }

  /// Completes the file and syncs it; returns its header's checksum.
  uint64_t finish();
  const ShardHeader& header() const { return header_; }

 private:
  template <typename T>
  void append_as(std::span<const int32_t> ids);
  void flush_block();

  DurableFile file_;
  ShardHeader header_;
  std::vector<std::byte> block_;
  std::vector<uint64_t> documents_;
  std::vector<uint64_t> checksums_;
};

}  // namespace tessera
