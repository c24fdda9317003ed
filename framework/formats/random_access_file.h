// A regular file that is read at any place, by several threads at once. Reading fills the caller's
// memory alone: large files of tensors are neither mapped nor held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "framework/core/descriptor.h"
#include "framework/formats/stored_type.h"

namespace tessera {

class RandomAccessFile {
 public:
  /// Throws UserError when `path` is missing, not a regular file, or cannot be read.
  explicit RandomAccessFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  int64_t bytes() const { return bytes_; }  // when it was opened

  /// Fills `to` with the bytes at `offset`; throws UserError when the file ends before.
  void read(int64_t offset, std::span<std::byte> to) const;

  /// Fills `to` with elements [first, first + to.size()) of the tensor that begins at `offset`.
  void read_floats(int64_t offset, StoredType type, int64_t first, std::span<float> to) const;

 private:
  /// Like read(), by all threads, while the kernel fetches what follows.
  void read_by_all(int64_t offset, std::span<std::byte> to) const;
  /// Tells the kernel to begin with reading these bytes.
  void prefetch(int64_t offset, int64_t bytes) const;

  std::filesystem::path path_;
  Descriptor file_;
  int64_t bytes_ = 0;
};

}  // namespace tessera
