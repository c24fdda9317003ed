#include "framework/data/shard_manifest.h"

#include <xxhash.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "tessera-tokens";
constexpr uint64_t kVersion = 1;
constexpr std::string_view kPrefix = "tokens-", kSuffix = ".shard";

uint64_t checksum_of(const Json& fields) {
  // Names of files need not be UTF-8; what JSON cannot hold is replaced.
  const std::string text = fields.dump(-1, ' ', false, Json::error_handler_t::replace);
  return XXH3_64bits(text.data(), text.size());
}

std::string hexadecimal(uint64_t value) { return fmt::format("{:016x}", value); }

uint64_t parse_hexadecimal(const Json& value) {
  const auto text = value.get<std::string>();
  size_t used = 0;
  const uint64_t result = std::stoull(text, &used, 16);
  if (used != text.size() || text.size() != 16) throw std::invalid_argument("no checksum");
  return result;
}

uint64_t count(const Json& object, const char* name) {
  const Json& value = object.at(name);
  if (!value.is_number_unsigned()) throw std::invalid_argument("no count");
  return value.get<uint64_t>();
}

/// An id, or none where null stands.
int32_t mark_of(const Json& object, const char* name) {
  const Json& value = object.at(name);
  if (value.is_null()) return SpecialTokens::kNone;
  const uint64_t id = count(object, name);
  if (id > INT32_MAX) throw std::invalid_argument("no id");
  return static_cast<int32_t>(id);
}

Json mark_json(int32_t id) { return id == SpecialTokens::kNone ? Json() : Json(id); }

Json json_of(std::string_view text, const std::string& file) {
  try {
    return parse_json_object(text, "the text");
  } catch (const UserError& error) {
    user_error("{}: damaged: {}; copy it again or tokenize the text again", file, error.what());
  }
}

ShardManifest from_json(const Json& json) {
  ShardManifest manifest;
  manifest.tokenizer = json.at("tokenizer").dump();
  manifest.fingerprint = parse_hexadecimal(json.at("tokenizer_fingerprint"));
  if (json.contains("document_marks")) {
    const Json& marks = json.at("document_marks");
    manifest.marks = {.opens = mark_of(marks, "opens"), .closes = mark_of(marks, "closes")};
    if (!manifest.marks->opened() && !manifest.marks->closed())
      throw std::invalid_argument("no mark");
  }
  manifest.sources = json.at("sources").get<std::vector<std::string>>();
  if (json.contains("sources_xxh3"))
    manifest.sources_hash = parse_hexadecimal(json.at("sources_xxh3"));
  for (const Json& entry : json.at("shards")) {
    manifest.shards.push_back({.file = entry.at("file").get<std::string>(),
                               .tokens = count(entry, "tokens"),
                               .documents = count(entry, "documents"),
                               .text_bytes = count(entry, "text_bytes"),
                               .checksum = parse_hexadecimal(entry.at("checksum"))});
    if (!is_shard_file_name(manifest.shards.back().file))
      throw std::invalid_argument("no name of a shard");
  }
  if (manifest.shards.empty()) throw std::invalid_argument("no shards");
  return manifest;
}

}  // namespace

std::string shard_file_name(uint64_t number) {
  return fmt::format("{}{:05}{}", kPrefix, number, kSuffix);
}

bool is_shard_file_name(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return false;
  if (name.size() <= kPrefix.size() + kSuffix.size()) return false;
  const auto digits = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool holds_token_shards(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder / kShardManifestName, error)) return false;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error))
    if (is_shard_file_name(it->path().filename().string())) return true;
  return false;
}

std::string to_text(const ShardManifest& manifest) {
  Json json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["tokenizer"] = Json::parse(manifest.tokenizer);
  json["tokenizer_fingerprint"] = hexadecimal(manifest.fingerprint);
  if (manifest.marks)
    json["document_marks"] = {{"opens", mark_json(manifest.marks->opens)},
                              {"closes", mark_json(manifest.marks->closes)}};
  json["sources"] = manifest.sources;
  if (manifest.sources_hash != 0) json["sources_xxh3"] = hexadecimal(manifest.sources_hash);
  json["shards"] = Json::array();
  for (const auto& shard : manifest.shards) {
    json["shards"].push_back({{"file", shard.file},
                              {"tokens", shard.tokens},
                              {"documents", shard.documents},
                              {"text_bytes", shard.text_bytes},
                              {"checksum", hexadecimal(shard.checksum)}});
  }
  json["checksum"] = hexadecimal(checksum_of(json));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

ShardManifest parse_shard_manifest(std::string_view text, const std::string& file) {
  Json json = json_of(text, file);
  const Json format = json.value("format", Json());
  require(
      format != "tessera-checkpoint",
      "{}: of a checkpoint, not of token shards; name a folder made by `tessera tokenize FILES… "
      "--out DIR`",
      file);
  require(format == kFormat, "{}: not a manifest of token shards; tokenize the text again", file);
  const Json version = json.value("version", Json());
  require(version == kVersion,
          "{}: format {}, but this program reads format {}; tokenize the text again with this "
          "program",
          file, version.dump(-1, ' ', false, Json::error_handler_t::replace), kVersion);
  try {
    const uint64_t stated = parse_hexadecimal(json.at("checksum"));
    json.erase("checksum");
    if (stated == checksum_of(json)) return from_json(json);
  } catch (const std::exception&) {
  }
  user_error(
      "{}: damaged: its contents do not match its checksum; copy it again or tokenize the "
      "text again",
      file);
}

ShardManifest read_shard_manifest(const std::filesystem::path& folder) {
  const auto path = folder / kShardManifestName;
  std::error_code error;
  require(
      !std::filesystem::exists(folder, error) || std::filesystem::is_directory(folder, error),
      "{}: is a file; name a folder of token shards, made by `tessera tokenize FILES… --out DIR`",
      folder.string());
  require(std::filesystem::is_directory(folder, error),
          "{}: no such folder; make it with `tessera tokenize FILES… --out {}`", folder.string(),
          folder.string());
  require(std::filesystem::exists(path, error) || error,
          "{}: holds no tokenized text (no {}); make it with `tessera tokenize FILES… --out DIR`",
          folder.string(), kShardManifestName);
  return parse_shard_manifest(whole_text(path), path.string());
}

}  // namespace tessera
