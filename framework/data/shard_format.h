// The bytes of a token shard, little-endian and made to be mapped into memory:
//   header, 64 bytes | tokens, u16 or u32, zeros up to 8 bytes |
//   u64 document starts, and the token count after the last |
//   u64 checksums of the tokens in blocks of 64 KiB
// The checksums form a chain (xxh3): the manifest holds the header's, the header the index's
// (starts and block checksums), the index each block's. So a folder opens in no time and no token
// is used that was not verified.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tessera {

inline constexpr size_t kShardHeaderBytes = 64;
inline constexpr size_t kShardBlockBytes = 64 * 1024;
inline constexpr uint32_t kShardVersion = 1;

struct ShardHeader {
  uint32_t token_bytes = 2;  // 2 or 4
  uint64_t token_count = 0;
  uint64_t document_count = 0;
  uint64_t text_bytes = 0;   // bytes of the files the tokens were made from
  uint64_t fingerprint = 0;  // the tokenizer's
  uint64_t index_checksum = 0;

  bool operator==(const ShardHeader&) const = default;
};

/// Offsets of the parts of a shard.
struct ShardLayout {
  uint64_t padded_token_bytes = 0;
  uint64_t documents = 0;
  uint64_t blocks = 0;
  uint64_t block_count = 0;
  uint64_t file_bytes = 0;
};

uint64_t shard_checksum(std::span<const std::byte> bytes);

std::array<std::byte, kShardHeaderBytes> encode_shard_header(const ShardHeader& header);
/// The checksum in an encoded header.
uint64_t shard_header_checksum(std::span<const std::byte> encoded);
/// Checks length, magic, version, checksum and counts; throws UserError naming `file`.
ShardHeader decode_shard_header(std::span<const std::byte> bytes, const std::string& file);
/// Where the parts of a shard lie; the header must come from decode_shard_header or a writer, whose
/// counts cannot overflow.
ShardLayout shard_layout(const ShardHeader& header);

}  // namespace tessera
