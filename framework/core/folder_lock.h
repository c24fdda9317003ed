// Holds a folder for one process at a time, by a lock on a file in the folder or on the folder
// itself; the system releases the lock when the process ends, in whatever way. Folders on file
// systems without locks (some network ones) stay unguarded.
#pragma once

#include <filesystem>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

/// Locks an open file or folder for as long as it stays open; false when another process holds it.
bool try_lock(const Descriptor& file);

class FolderLock {
 public:
  /// Locks `folder`/`name`, and creates that file when it is missing. Throws a UserError, which
  /// names the config's `key` as what to change, when the folder cannot be written or another
  /// process holds it.
  FolderLock(const std::filesystem::path& folder, const char* name, std::string_view key);

  /// Whether the path still names the locked file, because nobody removed, moved or replaced the
  /// file.
  bool in_place() const;

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace tessera
