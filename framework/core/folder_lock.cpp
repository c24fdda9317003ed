#include "framework/core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"
#include "framework/core/open_file.h"

namespace tessera {

FolderLock::FolderLock(const std::filesystem::path& folder, const char* name, std::string_view key)
    : path_(folder / name), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  require(file_ >= 0, "cannot write in the folder {}: {}; choose another {}", folder.string(),
          std::strerror(errno), key);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(file_);
  user_error("another process is running in {}; wait for it, or choose another {}", folder.string(),
             key);
}

FolderLock::~FolderLock() { ::close(file_); }

bool FolderLock::in_place() const { return is_file_of(file_, path_); }

}  // namespace tessera
