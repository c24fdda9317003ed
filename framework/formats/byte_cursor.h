// A place in foreign bytes that moves on as they are read: little-endian numbers and pieces, each
// checked against what is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "framework/core/error.h"

namespace tessera {

class ByteCursor {
 public:
  /// Messages begin with `what`.
  ByteCursor(std::span<const std::byte> bytes, std::string what)
      : bytes_(bytes), what_(std::move(what)) {}

  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

  std::span<const std::byte> take(uint64_t count) {
    require(count <= left(), "{} ends too early: {} bytes are due at byte {}, there are {}", what_,
            count, at_, left());
    const auto piece = bytes_.subspan(at_, static_cast<size_t>(count));
    at_ += piece.size();
    return piece;
  }

  template <typename Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::string_view text(uint64_t bytes) {
    const auto piece = take(bytes);
    return {reinterpret_cast<const char*>(piece.data()), piece.size()};
  }

 private:
  std::span<const std::byte> bytes_;
  std::string what_;
  size_t at_ = 0;
};

}  // namespace tessera
