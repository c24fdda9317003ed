// Bytes read once, from start to end: of a file, of what a compressed file holds, or of a text that
// is turned into UTF-8.
#pragma once

#include <cstddef>

namespace tessera {

class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// Reads at least one byte and up to `most` to `to`, and returns how many; 0 at the end. Throws
  /// UserError, which names the file, when it cannot be read or is damaged.
  virtual size_t read(char* to, size_t most) = 0;
};

}  // namespace tessera
