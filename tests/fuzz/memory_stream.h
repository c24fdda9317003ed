// Bytes in memory as a stream that gives a few at a time.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "framework/data/byte_stream.h"

namespace tessera {

class MemoryStream final : public ByteStream {
 public:
  /// Each read gives `most_at_once` bytes or fewer.
  explicit MemoryStream(std::string bytes, size_t most_at_once = SIZE_MAX)
      : bytes_(std::move(bytes)), most_at_once_(most_at_once) {}

  size_t read(char* to, size_t most) override {
    const size_t count = std::min({most, most_at_once_, bytes_.size() - given_});
    std::memcpy(to, bytes_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  std::string bytes_;
  size_t most_at_once_, given_ = 0;
};

}  // namespace tessera
