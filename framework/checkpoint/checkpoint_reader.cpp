#include "framework/checkpoint/checkpoint_reader.h"

#include <algorithm>
#include <cstring>
#include <system_error>

#include "framework/core/error.h"
#include "framework/core/whole_file.h"
#include "framework/formats/checksum.h"

namespace tessera {

namespace fs = std::filesystem;

CheckpointReader::CheckpointReader(const fs::path& directory) : directory_(directory) {
  const fs::path path = directory / "manifest.json";
  manifest_ = parse_manifest(whole_text(path), path.string());
  const std::string why = manifest_.incomplete();
  require(why.empty(), "{}: {}", path.string(), why);
  for (const StoredFile& file : manifest_.files) {
    std::error_code error;
    const auto bytes = static_cast<int64_t>(fs::file_size(directory / file.name, error));
    require(!error, "cannot open {}: {}", (directory / file.name).string(), error.message());
    require(bytes == file.bytes, "{} has {} bytes, its manifest says {}",
            (directory / file.name).string(), bytes, file.bytes);
  }
  for (size_t i = 0; i < manifest_.tensors.size(); ++i) {
    const StoredTensor& tensor = manifest_.tensors[i];
    index_[tensor.name] = i;
    for (const StoredPart& part : tensor.parts)
      require(manifest_.find_file(part.file), "{}: tensor '{}' lies in {}, which is not listed",
              path.string(), tensor.name, part.file);
  }
  config_ = read_text("config.yaml");
  run_ = read_text("run.json");
}

std::string CheckpointReader::read_text(const std::string& file) const {
  const fs::path path = directory_ / file;
  const StoredFile* stored = manifest_.find_file(file);
  require(stored, "{}: {} is not listed", (directory_ / "manifest.json").string(), file);
  std::string text = whole_text(path);
  require(checksum(text) == stored->checksum, "{} is damaged: its checksum does not match",
          path.string());
  return text;
}

std::map<std::string, std::string> CheckpointReader::metadata() const {
  return {{"step", std::to_string(step())}, {"config", config_}};
}

std::vector<std::string> CheckpointReader::names() const {
  std::vector<std::string> names;
  for (const StoredTensor& tensor : manifest_.tensors) names.push_back(tensor.name);
  return names;
}

const StoredTensor& CheckpointReader::tensor(const std::string& name) const {
  const auto found = index_.find(name);
  require(found != index_.end(), "checkpoint {} has no tensor '{}'", directory_.string(), name);
  return manifest_.tensors[found->second];
}

const SafetensorsReader& CheckpointReader::open_part(const std::string& file) {
  if (const auto found = open_.find(file); found != open_.end()) return found->second;
  const fs::path path = directory_ / file;
  // The checksum is compared before the header is parsed, so that damage is reported as damage and
  // not as what a parser makes of it.
  {
    const MappedFile bytes(path);
    require(
        checksum(safetensors_header_bytes(bytes.bytes())) == manifest_.find_file(file)->checksum,
        "{} is damaged: the checksum of its header does not match", path.string());
  }
  return open_.emplace(file, SafetensorsReader(path)).first->second;
}

std::span<const std::byte> CheckpointReader::good_bytes(const StoredTensor& tensor,
                                                        const StoredPart& part) {
  const SafetensorsReader& file = open_part(part.file);
  const std::string key = part_key(tensor.name, tensor.type.shape, part.box);
  const auto bytes = file.bytes(key);
  if (verified_.contains(&part)) return bytes;
  const TensorType due{tensor.type.dtype, part.box.shape()};
  require(file.type(key) == due, "{}: '{}' is {}, the manifest says {}", file.path().string(), key,
          to_string(file.type(key)), to_string(due));
  require(file.sum(key) == part.checksum, "{} is damaged: the checksum of '{}' does not match",
          file.path().string(), key);
  verified_.insert(&part);
  return bytes;
}

void CheckpointReader::read(const std::string& name, const Box& box, void* destination) {
  const StoredTensor& source = tensor(name);
  const Box all = Box::whole(source.type.shape);
  check(all.dims.size() == box.dims.size(), "box {} of '{}' {}", to_string(box), name,
        to_string(source.type));
  if (!all.contains(box)) {
    const TensorType held{source.type.dtype, box.shape()};
    std::memset(destination, 0, held.bytes());
  }
  for (const StoredPart& part : source.parts) {
    const auto common = intersect(part.box, box);
    if (!common) continue;
    const auto bytes = good_bytes(source, part);
    if (part.box == box)
      std::memcpy(destination, bytes.data(), bytes.size());
    else
      copy_box(*common, part.box, bytes.data(), box, destination, size_of(source.type.dtype));
    open_part(part.file).release(bytes);
  }
}

void CheckpointReader::verify(int64_t share, int64_t of) {
  check(0 <= share && share < of, "share {} of {}", share, of);
  for (const StoredFile& file : manifest_.files)
    if (file.name.ends_with(".safetensors")) open_part(file.name);
  int64_t index = 0;
  for (const StoredTensor& tensor : manifest_.tensors)
    for (const StoredPart& part : tensor.parts)
      if (index++ % of == share) good_bytes(tensor, part);
}

}  // namespace tessera
