#include "framework/core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {

bool try_lock(const Descriptor& file) {
  // On a file system without locks flock fails with an error other than EWOULDBLOCK.
  return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

FolderLock::FolderLock(const std::filesystem::path& folder, const char* name, std::string_view key)
    : path_(folder / name), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  require(file_.open(), "cannot write in the folder {}: {}; choose another {}", folder.string(),
          std::strerror(errno), key);
  require(try_lock(file_), "another process is running in {}; wait for it, or choose another {}",
          folder.string(), key);
}

bool FolderLock::in_place() const { return file_.lies_at(path_); }

}  // namespace tessera
