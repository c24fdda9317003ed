#include "framework/tokenizer/files_of_folder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/whole_file.h"
#include "framework/tokenizer/file_kind.h"

namespace tessera {

namespace fs = std::filesystem;

bool is_model_name(std::string_view name) {
  constexpr std::string_view kVersion = ".model.v";
  if (name.ends_with(".model")) return true;
  const size_t at = name.rfind(kVersion);
  if (at == name.npos || at + kVersion.size() == name.size()) return false;
  return std::ranges::all_of(name.substr(at + kVersion.size()), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  });
}

TokenizerFiles files_of_folder(const fs::path& folder, bool (*wanted)(const std::string& name)) {
  constexpr uintmax_t kMostBytes = uintmax_t{1} << 30;
  std::map<std::string, std::string> files;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  require(!error, "{}: cannot read: {}", folder.string(), error.message());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (!wanted(name) || !entry.is_regular_file(error)) continue;
    const uintmax_t bytes = entry.file_size(error);
    require(!error, "{}: cannot read: {}", entry.path().string(), error.message());
    require(bytes <= kMostBytes, "{}: {} bytes are too many for a file of a tokenizer",
            entry.path().string(), bytes);
    files[name] = whole_text(entry.path());
  }
  require(!files.empty(),
          "{}: holds no tokenizer; its files are called tokenizer.json, vocab.json and merges.txt, "
          "vocab.txt, tekken.json, NAME.model or NAME.tiktoken",
          folder.string());
  return TokenizerFiles(std::move(files));
}

TokenizerFiles one_of_each_kind(const TokenizerFiles& files, const std::string& where) {
  constexpr std::string_view kUsual = "tokenizer.model";
  const std::vector<std::string> names = kind_of_files(files, where).names(files);
  if (names.size() < 2) return files;
  require(std::ranges::find(names, kUsual) != names.end(),
          "{}: holds several tokenizers of one kind: {}; name the file that is meant, such as {}",
          where, fmt::join(names, ", "), (fs::path(where) / names.front()).string());
  std::map<std::string, std::string> left = files.all();
  for (const std::string& name : names)
    if (name != kUsual) left.erase(name);
  return TokenizerFiles(std::move(left));
}

std::shared_ptr<const Tokenizer> kept_tokenizer(const fs::path& folder) {
  const auto any = [](const std::string&) { return true; };
  return std::make_shared<const Tokenizer>(files_of_folder(folder, any), folder.string());
}

std::string file_of_tokens(const Tokenizer& tokenizer) {
  if (tokenizer.files().all().empty()) return "";
  const auto names = kind_of_files(tokenizer.files(), "").names(tokenizer.files());
  return names.empty() ? std::string(tokenizer.kind()) : names.front();
}

}  // namespace tessera
