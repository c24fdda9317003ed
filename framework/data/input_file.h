// A file read from start to end in pieces. read() gives the errno of a failure instead of throwing,
// because a file that cannot be read is skipped in one place and fatal in another.
#pragma once

#include <filesystem>
#include <string>

#include "framework/core/descriptor.h"

namespace tessera {

class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path);

  /// Appends up to `most` bytes to `text`, fewer only at the end of the file; returns 0 or the
  /// errno of a failure (of opening, too).
  int read(std::string& text, size_t most);

 private:
  Descriptor file_;
  int error_ = 0;
};

}  // namespace tessera
