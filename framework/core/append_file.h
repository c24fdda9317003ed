// A file that only grows, by whole records: each append reaches the system in full before it
// returns (so it outlives kill -9), or the file keeps its former length and a UserError gives the
// reason (full disk, quota, size limit). The class notices when another process removes, replaces
// or cuts the file, and restores the file from the open one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

class AppendFile {
 public:
  /// Opens `path`, or creates the file.
  explicit AppendFile(std::filesystem::path path);

  void append(std::string_view bytes);
  /// Returns when the disk holds all that was appended.
  void sync();

  /// Whether `path` still names the open file, because nobody removed, moved or replaced the file.
  bool in_place() const;
  /// Replaces whatever `path` names now with a copy of the open file.
  void put_back();
  /// Bytes at the end of the file that other processes have cut off since the last call.
  int64_t cut_off();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor file_;
  int64_t length_ = 0;  // what was appended included
};

}  // namespace tessera
