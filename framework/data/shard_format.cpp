#include "framework/data/shard_format.h"

#include <xxhash.h>

#include <bit>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {
namespace {

static_assert(std::endian::native == std::endian::little, "token shards are little-endian");

constexpr std::array<char, 8> kMagic = {'T', 'S', 'R', 'T', 'O', 'K', 'E', 'N'};
constexpr uint64_t kMostTokens = uint64_t{1} << 48;  // beyond any file, and far from overflow

struct HeaderBytes {
  std::array<char, 8> magic;
  uint32_t version;
  uint32_t token_bytes;
  uint64_t token_count;
  uint64_t document_count;
  uint64_t text_bytes;
  uint64_t fingerprint;
  uint64_t index_checksum;
  uint64_t header_checksum;  // over all bytes before it
};
static_assert(sizeof(HeaderBytes) == kShardHeaderBytes);

}  // namespace

uint64_t shard_checksum(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::array<std::byte, kShardHeaderBytes> encode_shard_header(const ShardHeader& header) {
  HeaderBytes raw{.magic = kMagic,
                  .version = kShardVersion,
                  .token_bytes = header.token_bytes,
                  .token_count = header.token_count,
                  .document_count = header.document_count,
                  .text_bytes = header.text_bytes,
                  .fingerprint = header.fingerprint,
                  .index_checksum = header.index_checksum,
                  .header_checksum = 0};
  raw.header_checksum = XXH3_64bits(&raw, offsetof(HeaderBytes, header_checksum));
  return std::bit_cast<std::array<std::byte, kShardHeaderBytes>>(raw);
}

uint64_t shard_header_checksum(std::span<const std::byte> encoded) {
  uint64_t checksum = 0;
  std::memcpy(&checksum, encoded.data() + offsetof(HeaderBytes, header_checksum), sizeof checksum);
  return checksum;
}

ShardHeader decode_shard_header(std::span<const std::byte> bytes, const std::string& file) {
  require(bytes.size() >= kShardHeaderBytes,
          "{}: cut short: {} bytes, less than a shard's header; copy it again or tokenize the text "
          "again",
          file, bytes.size());
  HeaderBytes raw;
  std::memcpy(&raw, bytes.data(), sizeof raw);
  require(raw.magic == kMagic,
          "{}: not a token shard (its first bytes are wrong); tokenize the text again", file);
  require(
      raw.version == kShardVersion,
      "{}: shard format {}, but this program reads format {}; tokenize the text again with this "
      "program",
      file, raw.version, kShardVersion);
  require(raw.header_checksum == XXH3_64bits(&raw, offsetof(HeaderBytes, header_checksum)),
          "{}: damaged: the header does not match its checksum; copy it again or tokenize the text "
          "again",
          file);
  require((raw.token_bytes == 2 || raw.token_bytes == 4) && raw.token_count <= kMostTokens &&
              raw.document_count <= raw.token_count,
          "{}: damaged: the header's counts contradict each other; tokenize the text again", file);
  return {.token_bytes = raw.token_bytes,
          .token_count = raw.token_count,
          .document_count = raw.document_count,
          .text_bytes = raw.text_bytes,
          .fingerprint = raw.fingerprint,
          .index_checksum = raw.index_checksum};
}

ShardLayout shard_layout(const ShardHeader& header) {
  ShardLayout layout;
  layout.padded_token_bytes = (header.token_count * header.token_bytes + 7) / 8 * 8;
  layout.block_count = (layout.padded_token_bytes + kShardBlockBytes - 1) / kShardBlockBytes;
  layout.documents = kShardHeaderBytes + layout.padded_token_bytes;
  layout.blocks = layout.documents + 8 * (header.document_count + 1);
  layout.file_bytes = layout.blocks + 8 * layout.block_count;
  return layout;
}

}  // namespace tessera
