#include "framework/core/append_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  require(file_.open(), "cannot open {} for writing: {}", path_.string(), std::strerror(errno));
}

void AppendFile::append(std::string_view bytes) {
  const off_t begin = ::lseek(file_.number(), 0, SEEK_END);
  require(begin >= 0, "cannot write to {}: {}", path_.string(), std::strerror(errno));
  while (!bytes.empty()) {
    const ssize_t n = ::write(file_.number(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int error = n < 0 ? errno : ENOSPC;
      if (::ftruncate(file_.number(), begin) != 0) {
        // A torn record stays at the end; whoever opens the file next drops it.
      }
      const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
      user_error("cannot write to {}: {}{}", path_.string(), std::strerror(error),
                 full ? "; make room and give the same command" : "");
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void AppendFile::sync() {
  require(::fsync(file_.number()) == 0, "cannot write {} to the disk: {}", path_.string(),
          std::strerror(errno));
}

}  // namespace tessera
