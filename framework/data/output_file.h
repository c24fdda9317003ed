// A file being written: every byte is on the disk after finish(), or a UserError says why not (full disk, quota).
// iostreams are not used because they lose the reason of a failed write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace tessera {

class OutputFile {
 public:
  /// Creates `path`, which must not exist.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void append(std::span<const std::byte> bytes);
  void overwrite(uint64_t offset, std::span<const std::byte> bytes);
  /// fsync and close.
  void finish();

 private:
  void write_at(uint64_t offset, std::span<const std::byte> bytes);

  std::filesystem::path path_;
  int file_ = -1;
  uint64_t size_ = 0;
};

}  // namespace tessera
