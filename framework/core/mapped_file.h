// A regular file mapped read-only: its bytes stay in the page cache and are never copied whole. The
// file must not shrink while it is mapped (the kernel answers with SIGBUS); Tessera replaces its
// own files by rename and never cuts them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace tessera {

class MappedFile {
 public:
  /// Throws UserError when `path` is missing, not a regular file, or cannot be read.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  const std::filesystem::path& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  /// Gives the pages that lie wholly inside `part` back to the kernel, so that reading a large file
  /// once does not count as memory of this process. The pages are mapped in again when they are
  /// touched.
  void release(std::span<const std::byte> part) const;

 private:
  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
};

}  // namespace tessera
