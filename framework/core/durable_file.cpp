#include "framework/core/durable_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {
namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  user_error("cannot write {}: {}{}", path.string(), std::strerror(error),
             full ? "; make room or write to another disk" : "");
}

}  // namespace

DurableFile::DurableFile(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  require(file_.open(), "cannot create {}: {}", path.string(), std::strerror(errno));
}

void DurableFile::write_at(int64_t offset, std::span<const std::byte> bytes) {
  constexpr size_t kAtOnce = size_t{1} << 30;  // the kernel writes less than 2 GiB in one call
  check(file_.open(), "{} is already closed", path_.string());
  while (!bytes.empty()) {
    const ssize_t n =
        ::pwrite(file_.number(), bytes.data(), std::min(bytes.size(), kAtOnce), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) cannot_write(path_, n < 0 ? errno : ENOSPC);
    offset += n;
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void DurableFile::append(std::span<const std::byte> bytes) {
  write_at(appended_, bytes);
  appended_ += static_cast<int64_t>(bytes.size());
}

void DurableFile::sync() {
  check(file_.open(), "{} is already closed", path_.string());
  const int failed = ::fsync(file_.number()) != 0 ? errno : 0;
  const int unclosed = file_.close();
  if (failed != 0 || unclosed != 0) cannot_write(path_, failed ? failed : unclosed);
}

void write_durable(const std::filesystem::path& path, std::string_view text) {
  DurableFile file(path);
  file.write_at(0, std::as_bytes(std::span(text)));
  file.sync();
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  require(folder.open(), "cannot open {}: {}", directory.string(), std::strerror(errno));
  // EINVAL means that this file system has no fsync of directories; their changes are then durable
  // by its own rules.
  const int failed = ::fsync(folder.number()) != 0 && errno != EINVAL ? errno : 0;
  require(failed == 0, "cannot write {} to the disk: {}", directory.string(),
          std::strerror(failed));
}

int64_t free_bytes(const std::filesystem::path& directory) {
  struct statvfs status {};
  require(::statvfs(directory.c_str(), &status) == 0, "cannot ask for the free space of {}: {}",
          directory.string(), std::strerror(errno));
  const auto bytes = static_cast<unsigned __int128>(status.f_bavail) * status.f_frsize;
  return static_cast<int64_t>(std::min<unsigned __int128>(bytes, INT64_MAX));
}

int64_t file_size_limit() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return INT64_MAX;
  return static_cast<int64_t>(std::min<rlim_t>(limit.rlim_cur, INT64_MAX));
}

}  // namespace tessera
