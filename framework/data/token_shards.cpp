#include "framework/data/token_shards.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr const char* kRemedy = "copy it again or tokenize the text again";

template <typename T>
int64_t largest(std::span<const std::byte> block) {
  T most = 0;
  for (size_t i = 0; i + sizeof(T) <= block.size(); i += sizeof(T)) {
    T token;
    std::memcpy(&token, block.data() + i, sizeof(T));
    most = std::max(most, token);
  }
  return most;
}

template <typename T>
void widen(const std::byte* tokens, std::span<int32_t> ids) {
  for (size_t i = 0; i < ids.size(); ++i) {
    T token;
    std::memcpy(&token, tokens + i * sizeof(T), sizeof(T));
    ids[i] = static_cast<int32_t>(token);
  }
}

}  // namespace

std::shared_ptr<const TokenShards> TokenShards::open(const std::filesystem::path& folder,
                                                     uint64_t verify_at_open) {
  std::shared_ptr<TokenShards> shards(new TokenShards(folder, read_shard_manifest(folder)));
  uint64_t bytes = 0;
  for (const Shard& shard : shards->shards_) bytes += shard.layout.padded_token_bytes;
  if (bytes <= verify_at_open) shards->verify();
  return shards;
}

TokenShards::TokenShards(std::filesystem::path folder, ShardManifest manifest)
    : folder_(std::move(folder)),
      manifest_(std::move(manifest)),
      tokenizer_(make_tokenizer(manifest_.tokenizer, folder_)) {
  require(tokenizer_->fingerprint() == manifest_.fingerprint,
          "{}: the tokenizer is not the one the text was tokenized with; tokenize the text again",
          (folder_ / kShardManifestName).string());
  marks_ = manifest_.marks.value_or(DocumentMarks::of(tokenizer_->special()));
  for (const int32_t id : {marks_.opens, marks_.closes})
    require(id < tokenizer_->vocab_size(),
            "{}: the id {} that marks documents is outside of the vocabulary of {}; tokenize the "
            "text again",
            (folder_ / kShardManifestName).string(), id, tokenizer_->vocab_size());
  for (const ShardManifest::Shard& entry : manifest_.shards) add_shard(entry);
}

std::string TokenShards::identity() const {
  std::vector<uint64_t> checksums;
  for (const ShardManifest::Shard& shard : manifest_.shards) checksums.push_back(shard.checksum);
  return fmt::format("{} tokens in {} documents, checksum {:016x}", token_count_, document_count_,
                     shard_checksum(std::as_bytes(std::span(checksums))));
}

void TokenShards::add_shard(const ShardManifest::Shard& entry) {
  const std::string name = (folder_ / entry.file).string();
  std::error_code error;
  require(std::filesystem::is_regular_file(folder_ / entry.file, error),
          "{}: {}, but {} lists it; {}", name,
          std::filesystem::exists(folder_ / entry.file, error) ? "not a regular file" : "missing",
          kShardManifestName, kRemedy);
  MappedFile file(folder_ / entry.file);
  const auto bytes = file.bytes();
  const ShardHeader header = decode_shard_header(bytes, name);
  require(shard_header_checksum(bytes) == entry.checksum && header.token_count == entry.tokens &&
              header.document_count == entry.documents && header.text_bytes == entry.text_bytes &&
              header.fingerprint == manifest_.fingerprint && header.document_count > 0,
          "{}: not the shard that {} lists (of another run or another tokenizer); {}", name,
          kShardManifestName, kRemedy);
  const ShardLayout layout = shard_layout(header);
  require(bytes.size() == layout.file_bytes, "{}: {}: {} bytes where {} are promised; {}", name,
          bytes.size() < layout.file_bytes ? "cut short" : "too long", bytes.size(),
          layout.file_bytes, kRemedy);
  const auto index = bytes.subspan(layout.documents);
  require(shard_checksum(index) == header.index_checksum,
          "{}: damaged: the table of documents does not match its checksum; {}", name, kRemedy);
  const std::span<const uint64_t> words(reinterpret_cast<const uint64_t*>(index.data()),
                                        index.size() / sizeof(uint64_t));
  const auto documents = words.first(header.document_count + 1);
  require(documents.front() == 0 && documents.back() == header.token_count &&
              std::adjacent_find(documents.begin(), documents.end(), std::greater_equal<>()) ==
                  documents.end(),
          "{}: damaged: the table of documents contradicts itself; {}", name, kRemedy);
  shards_.push_back({.name = name,
                     .file = std::move(file),
                     .header = header,
                     .layout = layout,
                     .first_token = token_count_,
                     .first_document = document_count_,
                     .documents = documents,
                     .checksums = words.subspan(header.document_count + 1),
                     .verified = std::make_unique<std::atomic<bool>[]>(layout.block_count)});
  token_count_ += header.token_count;
  document_count_ += header.document_count;
  text_bytes_ += header.text_bytes;
}

uint64_t TokenShards::document_begin(uint64_t document) const {
  if (document >= document_count_) return token_count_;
  const auto after = std::upper_bound(
      shards_.begin(), shards_.end(), document,
      [](uint64_t value, const Shard& shard) { return value < shard.first_document; });
  const Shard& shard = *std::prev(after);
  return shard.first_token + shard.documents[document - shard.first_document];
}

uint64_t TokenShards::document_at(uint64_t token) const {
  check(token < token_count_, "token {} of {}", token, token_count_);
  const auto after = std::upper_bound(
      shards_.begin(), shards_.end(), token,
      [](uint64_t value, const Shard& shard) { return value < shard.first_token; });
  const Shard& shard = *std::prev(after);
  const auto next =
      std::upper_bound(shard.documents.begin(), shard.documents.end(), token - shard.first_token);
  return shard.first_document + static_cast<uint64_t>(next - shard.documents.begin()) - 1;
}

void TokenShards::read(uint64_t first, std::span<int32_t> ids) const {
  check(first <= token_count_ && ids.size() <= token_count_ - first, "tokens {} to {} of {}", first,
        first + ids.size(), token_count_);
  auto shard =
      std::upper_bound(shards_.begin(), shards_.end(), first,
                       [](uint64_t value, const Shard& s) { return value < s.first_token; });
  for (--shard; !ids.empty(); ++shard) {
    const uint64_t within = first - shard->first_token;
    const size_t n = std::min<uint64_t>(ids.size(), shard->header.token_count - within);
    read_shard(*shard, within, ids.first(n));
    ids = ids.subspan(n);
    first += n;
  }
}

void TokenShards::read_shard(const Shard& shard, uint64_t first, std::span<int32_t> ids) const {
  if (ids.empty()) return;
  const uint64_t size = shard.header.token_bytes;
  const uint64_t begin = first * size, end = begin + ids.size() * size;
  for (uint64_t b = begin / kShardBlockBytes; b * kShardBlockBytes < end; ++b)
    verify_block(shard, b);
  const std::byte* tokens = shard.file.bytes().data() + kShardHeaderBytes + begin;
  if (size == 2) {
    widen<uint16_t>(tokens, ids);
  } else {
    widen<uint32_t>(tokens, ids);
  }
}

void TokenShards::verify_block(const Shard& shard, uint64_t block) const {
  if (shard.verified[block].load(std::memory_order_relaxed)) return;
  const uint64_t begin = block * kShardBlockBytes;
  const uint64_t size =
      std::min<uint64_t>(kShardBlockBytes, shard.layout.padded_token_bytes - begin);
  const auto bytes = shard.file.bytes().subspan(kShardHeaderBytes + begin, size);
  require(shard_checksum(bytes) == shard.checksums[block],
          "{}: damaged: bytes {} to {} do not match their checksum; {}", shard.name,
          kShardHeaderBytes + begin, kShardHeaderBytes + begin + size, kRemedy);
  const int64_t most =
      shard.header.token_bytes == 2 ? largest<uint16_t>(bytes) : largest<uint32_t>(bytes);
  require(most < tokenizer_->vocab_size(),
          "{}: holds the id {}, but its tokenizer has {} tokens; tokenize the text again",
          shard.name, most, tokenizer_->vocab_size());
  shard.verified[block].store(true, std::memory_order_relaxed);
}

void TokenShards::verify() const {
  for (const Shard& shard : shards_) {
    for (uint64_t block = 0; block < shard.layout.block_count; ++block) verify_block(shard, block);
    // The bytes are looked at once and should not count as this process's memory.
    shard.file.release(shard.file.bytes());
  }
}

void TokenShards::require_vocab(int64_t vocab_size) const {
  require(
      vocab_size >= tokenizer_->vocab_size(),
      "the model's vocabulary of {} does not fit the data in {}, whose tokenizer has {} tokens; "
      "set the model's vocabulary to at least {}",
      vocab_size, folder_.string(), tokenizer_->vocab_size(), tokenizer_->vocab_size());
}

}  // namespace tessera
