#include "framework/data/shard_writer.h"

#include <cstring>
#include <utility>

#include "framework/core/error.h"

namespace tessera {

ShardWriter::ShardWriter(const std::filesystem::path& path, uint32_t token_bytes,
                         uint64_t fingerprint)
    : file_(path) {
  check(token_bytes == 2 || token_bytes == 4, "tokens of {} bytes", token_bytes);
  header_.token_bytes = token_bytes;
  header_.fingerprint = fingerprint;
  block_.reserve(kShardBlockBytes);
  file_.append(encode_shard_header(header_));  // completed by finish()
}

void ShardWriter::begin_document() {
  check(documents_.empty() || documents_.back() < header_.token_count, "a document has no token");
  documents_.push_back(header_.token_count);
}

void ShardWriter::append(std::span<const int32_t> ids) {
  check(!documents_.empty(), "tokens before the first document");
  if (header_.token_bytes == 2) {
    append_as<uint16_t>(ids);
  } else {
    append_as<uint32_t>(ids);
  }
  header_.token_count += ids.size();
}

template <typename T>
void ShardWriter::append_as(std::span<const int32_t> ids) {
  for (int32_t id : ids) {
    const T token = static_cast<T>(id);
    check(id >= 0 && static_cast<int64_t>(token) == id, "token {} does not fit {} bytes", id,
          sizeof(T));
    const size_t at = block_.size();
    block_.resize(at + sizeof(T));
    std::memcpy(block_.data() + at, &token, sizeof(T));
    if (block_.size() == kShardBlockBytes) flush_block();
  }
}

void ShardWriter::flush_block() {
  checksums_.push_back(shard_checksum(block_));
  file_.append(block_);
  block_.clear();
}

uint64_t ShardWriter::finish() {
  check(!documents_.empty() && documents_.back() < header_.token_count, "an empty shard");
  block_.resize((block_.size() + 7) / 8 * 8);
  if (!block_.empty()) flush_block();
  header_.document_count = documents_.size();
  std::vector<uint64_t> index = std::move(documents_);
  index.push_back(header_.token_count);
  index.insert(index.end(), checksums_.begin(), checksums_.end());
  header_.index_checksum = shard_checksum(std::as_bytes(std::span(index)));
  file_.append(std::as_bytes(std::span(index)));
  const auto encoded = encode_shard_header(header_);
  file_.write_at(0, encoded);
  file_.sync();
  return shard_header_checksum(encoded);
}

}  // namespace tessera
