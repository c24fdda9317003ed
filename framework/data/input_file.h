// A file read from start to end in pieces. read() gives the errno of a failure instead of throwing,
// because a file that cannot be read is skipped in one place and fatal in another.
#pragma once

#include <filesystem>
#include <string>

namespace tessera {

class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Appends up to `most` bytes to `text`, fewer only at the end of the file; returns 0 or an errno (of opening too).
  int read(std::string& text, size_t most);

 private:
  int file_ = -1;
  int error_ = 0;
};

}  // namespace tessera
