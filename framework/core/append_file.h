// A file that only grows, by whole records: each append reaches the system in full before it returns (so it outlives
// kill -9), or the file keeps its former length and a UserError gives the reason (full disk, quota, size limit).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

class AppendFile {
 public:
  /// Opens `path`, or creates it.
  explicit AppendFile(std::filesystem::path path);

  void append(std::string_view bytes);
  /// Waits for the disk.
  void sync();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace tessera
