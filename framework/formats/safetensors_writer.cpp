#include "framework/formats/safetensors_writer.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "framework/core/json.h"
#include "framework/formats/safetensors_types.h"

namespace tessera {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

SafetensorsWriter::SafetensorsWriter(std::map<std::string, std::string> metadata)
    : metadata_(std::move(metadata)) {}

void SafetensorsWriter::declare(const std::string& name, const TensorType& type) {
  declare({name, safetensors_dtype(type.dtype), type.shape}, size_of(type.dtype));
}

void SafetensorsWriter::declare(const std::string& name, StoredType type, const Shape& shape) {
  declare({name, safetensors_dtype(type), shape}, static_cast<size_t>(block_of(type).bytes));
}

void SafetensorsWriter::declare(SafetensorsEntry entry, size_t element_bytes) {
  const std::string& name = entry.name;
  check(!file_, "tensor '{}' is declared after the file was created", name);
  require(name != "__metadata__", "a safetensors tensor cannot be called {}", name);
  require(progress_.emplace(name, Progress{}).second, "tensor '{}' is declared twice", name);
  entry.end = checked_bytes(entry.shape, element_bytes, "tensor '" + name + "'");
  declared_.push_back(std::move(entry));
  element_bytes_.push_back(element_bytes);
}

SafetensorsHeader SafetensorsWriter::placed() const {
  std::vector<size_t> order(declared_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return element_bytes_[a] > element_bytes_[b]; });
  SafetensorsHeader header;
  header.metadata = metadata_;
  int64_t at = 0;
  for (const size_t i : order) {
    SafetensorsEntry entry = declared_[i];
    require(!__builtin_add_overflow(at, entry.bytes(), &entry.end),
            "tensor '{}': the file would exceed 2^63 bytes", entry.name);
    entry.begin = std::exchange(at, entry.end);
    header.tensors.push_back(std::move(entry));
  }
  return header;
}

int64_t SafetensorsWriter::file_bytes() const {
  const SafetensorsHeader header = placed();
  return static_cast<int64_t>(safetensors_header_text(header).size()) +
         (header.tensors.empty() ? 0 : header.tensors.back().end);
}

void SafetensorsWriter::create(const std::filesystem::path& path) {
  const SafetensorsHeader header = placed();
  header_text_ = safetensors_header_text(header);
  const auto data = static_cast<int64_t>(header_text_.size());
  for (const SafetensorsEntry& entry : header.tensors)
    progress_[entry.name] = {data + entry.begin, data + entry.end};
  file_.emplace(path);
  file_->write_at(0, std::as_bytes(std::span(header_text_)));
}

void SafetensorsWriter::write(const std::string& name, std::span<const std::byte> bytes) {
  const auto found = progress_.find(name);
  check(file_ && found != progress_.end(), "tensor '{}' was not declared", name);
  Progress& progress = found->second;
  const auto size = static_cast<int64_t>(bytes.size());
  check(size <= progress.end - progress.at, "tensor '{}' has {} bytes to come, {} were given", name,
        progress.end - progress.at, size);
  file_->write_at(progress.at, bytes);
  progress.at += size;
}

void SafetensorsWriter::finish() {
  check(file_.has_value(), "a safetensors file is finished before it was created");
  for (const auto& [name, progress] : progress_)
    check(progress.at == progress.end, "tensor '{}' lacks its last {} bytes", name,
          progress.end - progress.at);
  file_->sync();
}

}  // namespace tessera
