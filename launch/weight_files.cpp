#include "launch/weight_files.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::string safetensors_name(StoredType type) {
  switch (type) {
    case StoredType::f16:
      return "F16";
    case StoredType::bf16:
      return "BF16";
    case StoredType::f32:
      return "F32";
    default:
      internal_error("weights of type {} in a safetensors file", to_string(type));
  }
}

}  // namespace

void WeightFiles::declare(const std::string& name, const Shape& shape, StoredType type) {
  const int64_t bytes = stored_bytes(type, shape, name);
  if (shards_.empty() || (!shards_.back().header.tensors.empty() &&
                          shards_.back().header.tensors.back().end + bytes > most_bytes_))
    shards_.emplace_back();
  auto& tensors = shards_.back().header.tensors;
  const int64_t begin = tensors.empty() ? 0 : tensors.back().end;
  tensors.push_back({name, safetensors_name(type), shape, begin, begin + bytes});
  check(places_.emplace(name, Place{shards_.size() - 1, begin, type, bytes}).second,
        "'{}' is declared twice", name);
  order_.push_back(name);
  bytes_ += bytes;
}

void WeightFiles::begin() {
  for (size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = shards_[i];
    shard.file = shards_.size() == 1
                     ? "model.safetensors"
                     : fmt::format("model-{:05}-of-{:05}.safetensors", i + 1, shards_.size());
    shard.header.metadata = {{"format", "pt"}};
    const std::string head = safetensors_header_text(shard.header);
    shard.out = std::make_unique<DurableFile>(folder_ / shard.file);
    shard.out->write_at(0, std::as_bytes(std::span(head)));
    shard.data = std::ssize(head);
  }
}

void WeightFiles::write(const std::string& name, std::span<const float> numbers) {
  constexpr size_t kBlock = size_t{1} << 20;
  const Place& place = places_.at(name);
  Shard& shard = shards_[place.shard];
  const int64_t each = block_of(place.type).bytes;
  check(std::ssize(numbers) * each == place.bytes, "{} numbers of '{}'", numbers.size(), name);
  std::vector<std::byte> block;
  for (size_t at = 0; at < numbers.size(); at += kBlock) {
    const auto part = numbers.subspan(at, std::min(kBlock, numbers.size() - at));
    block.resize(part.size() * static_cast<size_t>(each));
    from_floats(part, place.type, block, name);
    shard.out->write_at(shard.data + place.begin + static_cast<int64_t>(at) * each, block);
  }
}

void WeightFiles::finish() {
  nlohmann::ordered_json index{{"metadata", {{"total_size", bytes_}}},
                               {"weight_map", nlohmann::ordered_json::object()}};
  for (const std::string& name : order_)
    index["weight_map"][name] = shards_[places_.at(name).shard].file;
  for (Shard& shard : shards_) shard.out->sync();
  if (shards_.size() > 1)
    write_durable(folder_ / "model.safetensors.index.json", index.dump(2) + "\n");
}

}  // namespace tessera
