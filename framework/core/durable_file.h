// A file that must not be left half-written after a failure: every error of the system is a
// UserError that names the file and what was to be written, and sync() returns only when the bytes
// are on the disk. A DurableFile removes nothing by itself: it is written inside a temporary
// directory that is renamed at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

class DurableFile {
 public:
  /// Creates `path`, which must not exist.
  explicit DurableFile(const std::filesystem::path& path);

  /// Writes all of `bytes` at `offset`. Pieces may come in any order.
  void write_at(int64_t offset, std::span<const std::byte> bytes);

  /// Writes `bytes` behind all that was appended before.
  void append(std::span<const std::byte> bytes);

  /// Returns when the disk holds the file, and closes it.
  void sync();

 private:
  std::filesystem::path path_;
  Descriptor file_;
  int64_t appended_ = 0;
};

/// Creates the small file `path` with the content `text`, and syncs it.
void write_durable(const std::filesystem::path& path, std::string_view text);

/// Makes the names inside `directory` durable: what was created, renamed or removed there.
void sync_directory(const std::filesystem::path& directory);

/// Bytes that this user may still write on the file system of `directory`.
int64_t free_bytes(const std::filesystem::path& directory);

/// The size of the largest file that this process may write (ulimit -f); INT64_MAX without a limit.
int64_t file_size_limit();

}  // namespace tessera
