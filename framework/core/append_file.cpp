#include "framework/core/append_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;

std::string content_of(int file, const std::filesystem::path& path) {
  std::string text(static_cast<size_t>(std::max<off_t>(0, ::lseek(file, 0, SEEK_END))), '\0');
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = ::pread(file, text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    require(n > 0, "{} was removed and cannot be read any more: {}", path.string(),
            std::strerror(n < 0 ? errno : EIO));
    at += static_cast<size_t>(n);
  }
  return text;
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), kFlags, 0666)) {
  require(file_.open(), "cannot open {} for writing: {}", path_.string(), std::strerror(errno));
  length_ = std::max<off_t>(0, ::lseek(file_.number(), 0, SEEK_END));
}

void AppendFile::append(std::string_view bytes) {
  const off_t begin = ::lseek(file_.number(), 0, SEEK_END);
  require(begin >= 0, "cannot write to {}: {}", path_.string(), std::strerror(errno));
  const auto length = static_cast<int64_t>(bytes.size());
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
  length_ += length;
}

bool AppendFile::in_place() const { return file_.lies_at(path_); }

void AppendFile::put_back() {
  replace_file(path_, content_of(file_.number(), path_));
  Descriptor anew(::open(path_.c_str(), kFlags, 0666));
  require(anew.open(), "cannot open {} for writing: {}", path_.string(), std::strerror(errno));
  file_ = std::move(anew);
}

int64_t AppendFile::cut_off() {
  const int64_t left = std::max<off_t>(0, ::lseek(file_.number(), 0, SEEK_END));
  return std::max<int64_t>(0, std::exchange(length_, left) - left);
}

void AppendFile::sync() {
  require(::fsync(file_.number()) == 0, "cannot write {} to the disk: {}", path_.string(),
          std::strerror(errno));
}

}  // namespace tessera
