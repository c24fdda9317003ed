#include "framework/formats/random_access_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>

#include "framework/core/error.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

constexpr int64_t kPrefetchBytes = int64_t{8} << 20;
constexpr int64_t kPieceBytes = int64_t{1} << 20;  // that a thread reads at a time

}  // namespace

// O_NONBLOCK: opening a pipe by mistake must not wait for its writer.
RandomAccessFile::RandomAccessFile(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  require(file_.open(), "cannot open {}: {}", path.string(), std::strerror(errno));
  struct stat status {};
  require(::fstat(file_.number(), &status) == 0 && S_ISREG(status.st_mode),
          "{} is not a regular file", path.string());
  bytes_ = status.st_size;
  ::posix_fadvise(file_.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

void RandomAccessFile::read(int64_t offset, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t got = ::pread(file_.number(), to.data(), to.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    require(got >= 0, "cannot read {}: {}", path_.string(), std::strerror(errno));
    require(got > 0, "{} ends at byte {}, before its tensors do", path_.string(), offset);
    offset += got;
    to = to.subspan(static_cast<size_t>(got));
  }
}

void RandomAccessFile::prefetch(int64_t offset, int64_t bytes) const {
  ::posix_fadvise(file_.number(), offset, bytes, POSIX_FADV_WILLNEED);
}

void RandomAccessFile::read_by_all(int64_t offset, std::span<std::byte> to) const {
  const auto all = static_cast<int64_t>(to.size());
  const int64_t pieces = (all + kPieceBytes - 1) / kPieceBytes;
  std::exception_ptr failed;
  std::mutex failing;
  prefetch(offset, std::min(all, kPrefetchBytes));
  parallel_for(pieces, 1, [&](int64_t first, int64_t last, int) {
    try {
      for (int64_t begin = first * kPieceBytes; begin < std::min(all, last * kPieceBytes);
           begin += kPieceBytes) {
        const int64_t next = begin + kPrefetchBytes;
        if (next < all) prefetch(offset + next, std::min(all - next, kPieceBytes));
        read(offset + begin, to.subspan(static_cast<size_t>(begin),
                                        static_cast<size_t>(std::min(all - begin, kPieceBytes))));
      }
    } catch (...) {
      const std::scoped_lock lock(failing);
      failed = std::current_exception();
    }
  });
  if (failed) std::rethrow_exception(failed);
}

void RandomAccessFile::read_floats(int64_t offset, StoredType type, int64_t first,
                                   std::span<float> to) const {
  const auto [elements, bytes] = block_of(type);
  if (type == StoredType::f32)
    return read_by_all(offset + first * bytes, std::as_writable_bytes(to));
  std::array<std::byte, size_t{64} << 10> piece;  // stays in the cache between its two uses
  const int64_t most = static_cast<int64_t>(piece.size()) / bytes * elements;
  const int64_t last = first + static_cast<int64_t>(to.size());
  int64_t asked = first;  // elements before it were prefetched
  while (!to.empty()) {
    // Half of a window ahead of what is read is asked for at a time.
    const int64_t window = kPrefetchBytes / bytes * elements;
    if (last - first > most && asked < last && asked - first <= window / 2) {
      const int64_t next = std::min(last, first + window);
      prefetch(offset + asked / elements * bytes, (next - asked) / elements * bytes);
      asked = next;
    }
    const int64_t skip = first % elements;
    const auto here = std::min<int64_t>(static_cast<int64_t>(to.size()), most - skip);
    const int64_t blocks = (skip + here + elements - 1) / elements;
    const auto part = std::span(piece).first(static_cast<size_t>(blocks * bytes));
    read(offset + first / elements * bytes, part);
    to_floats(type, part, skip, to.first(static_cast<size_t>(here)));
    first += here;
    to = to.subspan(static_cast<size_t>(here));
  }
}

}  // namespace tessera
