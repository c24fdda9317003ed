#include "framework/data/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace tessera {

InputFile::InputFile(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), error_(file_.open() ? 0 : errno) {}

int InputFile::read(std::string& text, size_t most) {
  if (error_ != 0) return error_;
  size_t filled = text.size();
  const size_t end = filled + most;
  text.resize(end);
  while (filled < end) {
    const ssize_t got = ::read(file_.number(), text.data() + filled, end - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = errno;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  text.resize(filled);
  return error_;
}

}  // namespace tessera
