#include "framework/tokenizer/files.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/core/whole_file.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/gguf_tokenizer.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 11> kNames = {"tokenizer.json",
                                                     "tokenizer_config.json",
                                                     "special_tokens_map.json",
                                                     "added_tokens.json",
                                                     "vocab.json",
                                                     "merges.txt",
                                                     "encoder.json",
                                                     "vocab.bpe",
                                                     "vocab.txt",
                                                     "tekken.json",
                                                     "tiktoken.json"};
constexpr uintmax_t kMostBytes = uintmax_t{1} << 30;

bool is_known(const std::string& name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.ends_with(".tiktoken") || is_model_name(name);
}

std::string bytes_of(const fs::path& file) {
  std::error_code error;
  const uintmax_t bytes = fs::file_size(file, error);
  require(!error, "{}: cannot read: {}", file.string(), error.message());
  require(bytes <= kMostBytes, "{}: {} bytes are too many for a file of a tokenizer", file.string(),
          bytes);
  return whole_text(file);
}

}  // namespace

TokenizerFiles TokenizerFiles::read(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  require(fs::exists(status),
          "{}: no such file or folder; name a folder with the files of a tokenizer", path.string());
  std::map<std::string, std::string> files;
  const bool one_file = fs::is_regular_file(status);
  const fs::path folder = one_file ? path.parent_path() : path;
  if (one_file && is_gguf(path)) return TokenizerFiles(gguf_tokenizer_files(path));
  if (one_file) {
    files[path.filename().string()] = bytes_of(path);
    // What says which tokens are special stands beside it.
    for (const std::string_view name : {"tokenizer_config.json", "special_tokens_map.json",
                                        "merges.txt", "vocab.bpe", "tiktoken.json"})
      if (fs::is_regular_file(folder / name, error))
        files[std::string(name)] = bytes_of(folder / name);
    return TokenizerFiles(std::move(files));
  }
  require(fs::is_directory(status), "{}: neither a file nor a folder", path.string());
  return files_of_folder(path, is_known);
}

const std::string* TokenizerFiles::find(std::string_view name) const {
  const auto found = files_.find(std::string(name));
  return found == files_.end() ? nullptr : &found->second;
}

void TokenizerFiles::write(const fs::path& folder) const {
  if (files_.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  require(!error, "{}: cannot make the folder: {}", folder.string(), error.message());
  for (const auto& [name, bytes] : files_) write_durable(folder / name, bytes);
}

uint64_t TokenizerFiles::hash() const {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  const auto add = [&](std::string_view part) {
    const uint64_t size = part.size();
    XXH3_64bits_update(state, &size, sizeof size);
    XXH3_64bits_update(state, part.data(), part.size());
  };
  for (const auto& [name, bytes] : files_) {
    add(name);
    add(bytes);
  }
  const uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

}  // namespace tessera
