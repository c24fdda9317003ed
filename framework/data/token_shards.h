// A folder of token shards mapped into memory: one long sequence of tokens cut into documents, both
// numbered across all shards. No token is given out before its block's checksum was verified and
// its ids were found inside the vocabulary: at opening for small folders, else when the block is
// first read. Many threads may read at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/core/mapped_file.h"
#include "framework/data/shard_format.h"
#include "framework/data/shard_manifest.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

class TokenShards {
 public:
  /// Folders with at most this many bytes of tokens are verified whole when opened.
  static constexpr uint64_t kVerifyAtOpenBytes = uint64_t{1} << 29;

  /// Throws UserError naming the file that is missing, cut short, damaged or of another tokenizer.
  static std::shared_ptr<const TokenShards> open(const std::filesystem::path& folder,
                                                 uint64_t verify_at_open = kVerifyAtOpenBytes);

  const std::filesystem::path& folder() const { return folder_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const std::shared_ptr<const Tokenizer>& shared_tokenizer() const { return tokenizer_; }
  const ShardManifest& manifest() const { return manifest_; }
  /// The ids that open and close each document.
  const DocumentMarks& marks() const { return marks_; }
  uint64_t token_count() const { return token_count_; }
  uint64_t document_count() const { return document_count_; }
  uint64_t text_bytes() const { return text_bytes_; }

  /// "48210 tokens in 60 documents, checksum 8c1f…": equal for equal contents, wherever the
  /// folder lies and whatever its sources were called.
  std::string identity() const;

  /// First token of document `document`; token_count() for document_count().
  uint64_t document_begin(uint64_t document) const;
  /// The document that holds `token`.
  uint64_t document_at(uint64_t token) const;
  /// Copies the tokens from `first` on into `ids`; they may span documents and shards.
  void read(uint64_t first, std::span<int32_t> ids) const;

  /// Verifies every token; throws UserError naming the damaged file.
  void verify() const;
  /// Demands that a model with `vocab_size` embeddings can take every id.
  void require_vocab(int64_t vocab_size) const;

 private:
  struct Shard {
    std::string name;
    MappedFile file;
    ShardHeader header;
    ShardLayout layout;
    uint64_t first_token = 0;
    uint64_t first_document = 0;
    std::span<const uint64_t> documents;
    std::span<const uint64_t> checksums;
    std::unique_ptr<std::atomic<bool>[]> verified;
  };

  TokenShards(std::filesystem::path folder, ShardManifest manifest);
  void add_shard(const ShardManifest::Shard& entry);
  void verify_block(const Shard& shard, uint64_t block) const;
  void read_shard(const Shard& shard, uint64_t first, std::span<int32_t> ids) const;

  std::filesystem::path folder_;
  ShardManifest manifest_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  DocumentMarks marks_;
  std::vector<Shard> shards_;
  uint64_t token_count_ = 0;
  uint64_t document_count_ = 0;
  uint64_t text_bytes_ = 0;
};

}  // namespace tessera
