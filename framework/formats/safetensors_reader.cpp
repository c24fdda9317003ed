#include "framework/formats/safetensors_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "framework/core/error.h"
#include "framework/formats/checksum.h"

namespace tessera {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

SafetensorsReader::SafetensorsReader(const std::filesystem::path& path)
    : file_(path), header_(parse_safetensors_header(file_.bytes(), path.string())) {
  for (size_t i = 0; i < header_.tensors.size(); ++i) index_[header_.tensors[i].name] = i;
}

const SafetensorsEntry& SafetensorsReader::entry(const std::string& name) const {
  const auto found = index_.find(name);
  require(found != index_.end(), "{} has no tensor '{}'", path().string(), name);
  return header_.tensors[found->second];
}

TensorType SafetensorsReader::type(const std::string& name) const {
  return type_of(entry(name), path().string());
}

std::span<const std::byte> SafetensorsReader::bytes(const std::string& name) const {
  const SafetensorsEntry& found = entry(name);
  type_of(found, path().string());
  return file_.bytes().subspan(static_cast<size_t>(header_.bytes + found.begin),
                               static_cast<size_t>(found.bytes()));
}

void SafetensorsReader::read(const std::string& name, void* destination) const {
  constexpr size_t kAtOnce = size_t{8} << 20;
  auto rest = bytes(name);
  auto* to = static_cast<std::byte*>(destination);
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(rest.size(), kAtOnce));
    std::memcpy(to, piece.data(), piece.size());
    release(piece);
    to += piece.size();
    rest = rest.subspan(piece.size());
  }
}

uint64_t SafetensorsReader::sum(const std::string& name) const {
  constexpr size_t kAtOnce = size_t{8} << 20;
  const auto all = bytes(name);
  RunningChecksum sum;
  for (size_t at = 0; at < all.size(); at += kAtOnce) {
    const auto piece = all.subspan(at, std::min(kAtOnce, all.size() - at));
    sum.add(piece);
    release(piece);
  }
  return sum.value();
}

}  // namespace tessera
