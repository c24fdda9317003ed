#include "framework/formats/tensor_files.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "framework/formats/gguf_file.h"
#include "framework/formats/pytorch_file.h"
#include "framework/formats/safetensors_tensors.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesShown = 20;  // in one message

/// "a, b, c", or the first of them and how many more there are.
std::string listed(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kNamesShown);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

/// False also for a name that no file can have.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Git LFS keeps large files elsewhere, and a short text in their place until they are fetched.
void require_fetched(const fs::path& path) {
  constexpr std::string_view kPointer = "version https://git-lfs";
  std::string start(kPointer.size(), ' ');
  std::ifstream(path, std::ios::binary).read(start.data(), std::ssize(start));
  require(
      start != kPointer,
      "{} is no file of tensors but the pointer that Git LFS keeps in its place; fetch the file "
      "with `git lfs pull`",
      path.string());
}

/// Shards lie beside their index; any other path could name a file that is none of the model's.
void require_plain_name(const std::string& file, const std::string& what) {
  const bool plain = !file.empty() && file != "." && file != ".." &&
                     file.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  require(plain, "{}: '{}' is no name of a file beside the index", what, file);
}

/// The names of tensors by the name of their file.
std::map<std::string, std::set<std::string>> read_index(const fs::path& path) {
  const std::string what = path.string();
  const nlohmann::json json = parse_json_object(whole_text(path), what);
  const nlohmann::json& map = json_member(json, "weight_map", what);
  require(map.is_object(), "{}: \"weight_map\" is no object of names and files", what);
  require(!map.empty(), "{}: \"weight_map\" names no tensor", what);
  std::map<std::string, std::set<std::string>> files;
  for (const auto& [name, value] : map.items()) {
    const std::string& file = json_text(value, what + ": weight_map");
    require_plain_name(file, what);
    files[file].insert(name);
  }
  return files;
}

}  // namespace

TensorFiles::TensorFiles(const fs::path& index, const OpenTensorFile& open) : index_(index) {
  const auto files = read_index(index);
  std::vector<std::string> missing;
  for (const auto& [file, names] : files)
    if (!is_there(index.parent_path() / file)) missing.push_back(file);
  require(missing.empty(), "{} names {} files that are missing beside it: {}", index.string(),
          missing.size(), listed(missing));
  std::vector<std::string> absent, unnamed;
  for (const auto& [file, names] : files) {
    files_.push_back(open(index.parent_path() / file));
    const ForeignTensors& tensors = *files_.back();
    for (const std::string& name : tensors.names())
      if (!names.contains(name)) unnamed.push_back(fmt::format("{} ({})", name, file));
    for (const std::string& name : names) {
      if (!tensors.contains(name)) absent.push_back(fmt::format("{} ({})", name, file));
      of_[name] = &tensors;
    }
  }
  std::string message;
  if (!absent.empty())
    message += fmt::format("\n  {} tensors are not in the file that the index says: {}",
                           absent.size(), listed(absent));
  if (!unnamed.empty())
    message += fmt::format("\n  {} tensors of the files are not in the index: {}", unnamed.size(),
                           listed(unnamed));
  require(message.empty(), "{} and its files do not belong together:{}", index.string(), message);
}

std::vector<std::string> TensorFiles::names() const {
  std::vector<std::string> all;
  for (const auto& file : files_)
    for (std::string& name : file->names()) all.push_back(std::move(name));
  return all;
}

const ForeignTensors& TensorFiles::file_of(const std::string& name) const {
  const auto found = of_.find(name);
  require(found != of_.end(), "{} has no tensor '{}'", title(), name);
  return *found->second;
}

const ForeignTensor& TensorFiles::tensor(const std::string& name) const {
  return file_of(name).tensor(name);
}

void TensorFiles::read(const std::string& name, int64_t first, std::span<float> out) const {
  file_of(name).read(name, first, out);
}

std::unique_ptr<ForeignTensors> open_tensor_files(const fs::path& path) {
  static constexpr std::string_view kNames[] = {"model.safetensors", "model.safetensors.index.json",
                                                "pytorch_model.bin",
                                                "pytorch_model.bin.index.json"};
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    for (const std::string_view name : kNames)
      if (is_there(path / name)) return open_tensor_files(path / name);
    user_error("{} holds no tensors: there is none of {}", path.string(), fmt::join(kNames, ", "));
  }
  const std::string name = path.filename().string();
  const auto safetensors = [](const fs::path& file) -> std::unique_ptr<ForeignTensors> {
    require_fetched(file);
    return std::make_unique<SafetensorsTensors>(file);
  };
  const auto pytorch = [](const fs::path& file) -> std::unique_ptr<ForeignTensors> {
    require_fetched(file);
    return std::make_unique<PytorchFile>(file);
  };
  if (name.ends_with(".safetensors")) return safetensors(path);
  if (name.ends_with(".safetensors.index.json"))
    return std::make_unique<TensorFiles>(path, safetensors);
  if (name.ends_with(".gguf")) return std::make_unique<GgufFile>(path);
  if (name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth"))
    return pytorch(path);
  if (name.ends_with(".bin.index.json")) return std::make_unique<TensorFiles>(path, pytorch);
  user_error(
      "{} is no file of tensors that is known by its name: {}", path.string(),
      "*.safetensors, *.gguf, *.bin, *.pt, *.pth, *.safetensors.index.json, *.bin.index.json");
}

}  // namespace tessera
