// TokenizerFiles are the bytes of a tokenizer's files by name. A tokenizer is made from them and keeps
// them, so that they can be written beside whatever was made with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace tessera {

class TokenizerFiles {
 public:
  TokenizerFiles() = default;
  explicit TokenizerFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  /// The files of a folder that tokenizers are made of, or one file; for a GGUF file, those that its
  /// tokenizer would come in. Throws UserError when the path cannot be read, or holds none.
  static TokenizerFiles read(const std::filesystem::path& path);

  const std::map<std::string, std::string>& all() const { return files_; }
  const std::string* find(std::string_view name) const;
  /// Writes the files into a folder, which is made; without files there is none.
  void write(const std::filesystem::path& folder) const;
  /// A hash of names and bytes, the same in every process.
  uint64_t hash() const;

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace tessera
