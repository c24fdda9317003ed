// Holds a folder for one process at a time: a lock on a file in it, or on itself, which the system lets go when the process
// ends, in whatever way. File systems without locks (some network ones) go unguarded.
#pragma once

#include <filesystem>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

/// Locks an open file or folder for as long as it stays open; false when another process holds it.
bool try_lock(const Descriptor& file);

class FolderLock {
 public:
  /// Locks `folder`/`name`, made when it is not there. UserError, naming the config's `key` as what to change, when
  /// the folder cannot be written or another process holds it.
  FolderLock(const std::filesystem::path& folder, const char* name, std::string_view key);

  /// Whether the locked file is still the one of that name: nobody removed, moved or replaced it.
  bool in_place() const;

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace tessera
