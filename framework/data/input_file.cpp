#include "framework/data/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {

std::string source_name(const std::filesystem::path& path) {
  return path == kStandardInput ? "standard input" : path.string();
}

InputFile::InputFile(const std::filesystem::path& path, const std::atomic<bool>* stop)
    : name_(source_name(path)),
      standard_input_(path == kStandardInput),
      stop_(stop),
      file_(standard_input_ ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                            : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      error_(file_.open() ? 0 : errno) {
  if (error_ != 0) return;
  head_.resize(kHeadBytes);
  size_t filled = 0;
  while (filled < kHeadBytes && error_ == 0) {
    const int64_t got = read_some(head_.data() + filled, kHeadBytes - filled);
    if (got < 0) error_ = errno;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  head_.resize(filled);
}

size_t InputFile::read(char* to, size_t most) {
  if (head_given_ < head_.size()) {
    const size_t given = std::min(most, head_.size() - head_given_);
    std::memcpy(to, head_.data() + head_given_, given);
    head_given_ += given;
    return given;
  }
  const int64_t got = read_some(to, most);
  require(got >= 0, "{}: cannot read on: {}", name_, std::strerror(errno));
  return static_cast<size_t>(got);
}

int64_t InputFile::read_some(char* to, size_t most) {
  while (true) {
    if (standard_input_ && stop_ != nullptr) {
      constexpr int kMilliseconds = 100;
      struct pollfd waits {
        file_.number(), POLLIN, 0
      };
      while (!stop_->load() && ::poll(&waits, 1, kMilliseconds) == 0) {
      }
      if (stop_->load()) return 0;
    }
    const ssize_t got = ::read(file_.number(), to, most);
    if (got < 0 && errno == EINTR) continue;
    if (got > 0) {
      bytes_ += static_cast<uint64_t>(got);
      hash_.update({to, static_cast<size_t>(got)});
    }
    return got;
  }
}

}  // namespace tessera
