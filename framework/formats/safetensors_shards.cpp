#include "framework/formats/safetensors_shards.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr size_t kPiece = size_t{1} << 16;  // numbers that are converted at once

}  // namespace

SafetensorsShards::SafetensorsShards(int64_t shard_bytes,
                                     std::map<std::string, std::string> metadata)
    : shard_bytes_(shard_bytes), metadata_(std::move(metadata)) {
  require(shard_bytes > 0, "a shard of {} bytes holds nothing", shard_bytes);
}

void SafetensorsShards::declare(const std::string& name, StoredType type, const Shape& shape) {
  const int64_t bytes = stored_bytes(type, shape, "tensor '" + name + "'");
  if (shards_.empty() || (shards_.back().bytes > 0 && bytes > shard_bytes_ - shards_.back().bytes))
    shards_.push_back({std::make_unique<SafetensorsWriter>(metadata_)});
  require(tensors_.emplace(name, Tensor{shards_.size() - 1, type}).second,
          "tensor '{}' is declared twice", name);
  Shard& shard = shards_.back();
  shard.writer->declare(name, type, shape);
  shard.bytes += bytes;
  shard.to_come += bytes;
}

void SafetensorsShards::create(const std::filesystem::path& path) {
  folder_ = path;
  if (shards_.empty()) shards_.push_back({std::make_unique<SafetensorsWriter>(metadata_)});
}

std::string SafetensorsShards::file_name(size_t shard) const {
  if (shards_.size() == 1) return "model.safetensors";
  return fmt::format("model-{:05}-of-{:05}.safetensors", shard + 1, shards_.size());
}

std::vector<std::string> SafetensorsShards::files() const {
  std::vector<std::string> names;
  for (size_t s = 0; s < shards_.size(); ++s) names.push_back(file_name(s));
  if (shards_.size() > 1) names.emplace_back(kIndexName);
  return names;
}

/// Files are created when they are first written to and closed when they are complete, since a
/// process may hold few open ones.
void SafetensorsShards::open(size_t index) {
  Shard& shard = shards_[index];
  check(!folder_.empty(), "tensors are written before the files are created");
  if (!std::exchange(shard.created, true)) shard.writer->create(folder_ / file_name(index));
}

void SafetensorsShards::write(const std::string& name, std::span<const float> numbers) {
  const auto found = tensors_.find(name);
  check(found != tensors_.end(), "tensor '{}' was not declared", name);
  const auto [index, type] = found->second;
  Shard& shard = shards_[index];
  const auto each = static_cast<size_t>(block_of(type).bytes);
  check(static_cast<int64_t>(numbers.size() * each) <= shard.to_come,
        "tensor '{}' is given more numbers than it has", name);
  if (numbers.empty()) return;
  open(index);
  std::vector<std::byte> bytes(std::min(numbers.size(), kPiece) * each);
  while (!numbers.empty()) {
    const auto piece = numbers.first(std::min(numbers.size(), kPiece));
    const auto stored = std::span(bytes).first(piece.size() * each);
    from_floats(piece, type, stored, "tensor '" + name + "'");
    shard.writer->write(name, stored);
    shard.to_come -= static_cast<int64_t>(stored.size());
    numbers = numbers.subspan(piece.size());
  }
  if (shard.to_come > 0) return;
  shard.writer->finish();
  shard.writer.reset();
}

void SafetensorsShards::finish() {
  for (size_t s = 0; s < shards_.size(); ++s) {
    if (!shards_[s].writer) continue;
    open(s);
    shards_[s].writer->finish();
    shards_[s].writer.reset();
  }
  if (shards_.size() > 1) write_index();
  sync_directory(folder_);
}

void SafetensorsShards::write_index() const {
  nlohmann::ordered_json index;
  int64_t total = 0;
  for (const Shard& shard : shards_) total += shard.bytes;
  index["metadata"]["total_size"] = total;
  for (const auto& [name, tensor] : tensors_) index["weight_map"][name] = file_name(tensor.shard);
  write_durable(folder_ / kIndexName, index.dump(2) + "\n");
}

}  // namespace tessera
