// A file being written that must not be half there after a failure: every error of the system is a UserError naming the
// file and what was to be written, and sync() returns only when the bytes are on the disk. Used inside a temporary
// directory that is renamed at the end; a DurableFile removes nothing by itself.
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

  /// Writes all of `bytes` at this offset. Pieces may come in any order.
  void write_at(int64_t offset, std::span<const std::byte> bytes);

  /// Writes behind all that was appended before.
  void append(std::span<const std::byte> bytes);

  /// Waits for the disk and closes the file.
  void sync();

 private:
  std::filesystem::path path_;
  Descriptor file_;
  int64_t appended_ = 0;
};

/// A whole small file, written and synced.
void write_durable(const std::filesystem::path& path, std::string_view text);

/// Makes the names inside `directory` durable: what was created, renamed or removed there.
void sync_directory(const std::filesystem::path& directory);

/// Bytes that this user may still write on the file system of `directory`.
int64_t free_bytes(const std::filesystem::path& directory);

/// The largest file that this process may write (ulimit -f), INT64_MAX without a limit.
int64_t file_size_limit();

}  // namespace tessera
