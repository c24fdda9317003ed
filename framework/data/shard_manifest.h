// manifest.json of a folder of token shards: which shards there are, what they hold, and the
// tokenizer they were made with. Its own checksum covers all fields, so a changed digit is found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/document_marks.h"

namespace tessera {

inline constexpr std::string_view kShardManifestName = "manifest.json";

/// "tokens-00003.shard"
std::string shard_file_name(uint64_t number);
bool is_shard_file_name(std::string_view name);
/// Whether `folder` has a manifest and a shard, whole or not.
bool holds_token_shards(const std::filesystem::path& folder);

struct ShardManifest {
  struct Shard {
    std::string file;
    uint64_t tokens = 0;
    uint64_t documents = 0;
    uint64_t text_bytes = 0;
    uint64_t checksum = 0;  // over its header, which holds the checksums of all the rest

    bool operator==(const Shard&) const = default;
  };

  std::string tokenizer;     // description, JSON text
  uint64_t fingerprint = 0;  // the tokenizer's
  /// Not there in the manifests of earlier versions: DocumentMarks::of the tokenizer's specials.
  std::optional<DocumentMarks> marks;
  std::vector<std::string> sources;  // as they were named
  uint64_t sources_hash = 0;         // of the file sources.jsonl (XXH3); 0 when there is none
  std::vector<Shard> shards;

  bool operator==(const ShardManifest&) const = default;
};

std::string to_text(const ShardManifest& manifest);
/// Throws UserError naming `file` when the text is no manifest, of another version, or damaged.
ShardManifest parse_shard_manifest(std::string_view text, const std::string& file);
/// The manifest of `folder`; throws UserError when there is none, or a bad one.
ShardManifest read_shard_manifest(const std::filesystem::path& folder);

}  // namespace tessera
