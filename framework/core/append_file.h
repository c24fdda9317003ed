// A file that only grows, by whole records: each append reaches the system in full before it returns (so it outlives
// kill -9), or the file keeps its former length and a UserError gives the reason (full disk, quota, size limit). What
// others do to the file meanwhile can be found out and, as long as it is open, made good.
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

  /// Whether the file still has its name: nobody removed, moved or replaced it.
  bool in_place() const;
  /// Writes under its name what the open file holds, in place of what is there.
  void put_back();
  /// Bytes at the end that others have cut off since the last call.
  int64_t cut_off();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor file_;
  int64_t length_ = 0;  // with all that was appended
};

}  // namespace tessera
