// Text in UTF-16, turned into UTF-8 while it is read. A surrogate without its partner, and a byte
// left over at the end, become U+FFFD (Unicode Standard, section 3.9).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "framework/data/byte_stream.h"

namespace tessera {

class Utf16Stream final : public ByteStream {
 public:
  /// `from` begins after the byte order mark, which said whether a unit's high byte comes first.
  Utf16Stream(std::unique_ptr<ByteStream> from, bool high_byte_first);

  size_t read(char* to, size_t most) override;

 private:
  void refill();
  void unit(char32_t value);

  std::unique_ptr<ByteStream> from_;
  bool high_byte_first_;
  std::string text_;  // UTF-8 that read() has not given yet, from given_ on
  size_t given_ = 0;
  std::string odd_;    // one byte of an unfinished unit
  char32_t high_ = 0;  // a high surrogate that waits for its partner
  bool ended_ = false;
};

}  // namespace tessera
