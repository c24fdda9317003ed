// Reads a safetensors file through a memory map. Opening checks the whole header; tensors are views
// into the map. Tensors of dtypes that Tessera lacks (F16, U8, …) are listed, and refused only
// when asked for.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "framework/core/mapped_file.h"
#include "framework/formats/safetensors_header.h"

namespace tessera {

class SafetensorsReader {
 public:
  /// Throws UserError naming the file when it is missing, damaged or no safetensors file.
  explicit SafetensorsReader(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return file_.path(); }
  const std::vector<SafetensorsEntry>& tensors() const { return header_.tensors; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  bool contains(const std::string& name) const { return index_.contains(name); }

  /// Type and bytes (row-major, little-endian, not always aligned to the element: copy them) of a
  /// tensor. Both throw UserError when the file has no tensor of that name, or its dtype is not one
  /// of Tessera's.
  TensorType type(const std::string& name) const;
  std::span<const std::byte> bytes(const std::string& name) const;

  /// Copies a tensor's bytes to `destination` without keeping the file's pages in this process.
  void read(const std::string& name, void* destination) const;

  /// The checksum of a tensor's bytes, computed without keeping the file's pages in this process.
  uint64_t sum(const std::string& name) const;

  /// See MappedFile::release.
  void release(std::span<const std::byte> part) const { file_.release(part); }

 private:
  const SafetensorsEntry& entry(const std::string& name) const;

  MappedFile file_;
  SafetensorsHeader header_;
  std::map<std::string, size_t> index_;  // name → place in header_.tensors
};

}  // namespace tessera
