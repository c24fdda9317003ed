// Texts and lists of numbers as one text, which ranks send one another.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "framework/core/error.h"

namespace tessera {

class PackedText {
 public:
  void add(std::string_view part) {
    const auto size = static_cast<uint64_t>(part.size());
    text_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    text_ += part;
  }
  template <typename T>
  void add_numbers(std::span<const T> numbers) {
    static_assert(std::is_trivially_copyable_v<T>);
    add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

/// Gives the parts of a PackedText in their order.
class UnpackedText {
 public:
  explicit UnpackedText(std::string text) : text_(std::move(text)) {}

  bool ended() const { return at_ == text_.size(); }
  std::string next() {
    uint64_t size = 0;
    check(text_.size() - at_ >= sizeof(size), "a packed text ends in a part's size");
    std::memcpy(&size, text_.data() + at_, sizeof(size));
    at_ += sizeof(size);
    check(text_.size() - at_ >= size, "a packed text ends in a part");
    std::string part = text_.substr(at_, size);
    at_ += size;
    return part;
  }
  template <typename T>
  std::vector<T> numbers() {
    const std::string part = next();
    std::vector<T> out(part.size() / sizeof(T));
    if (!part.empty()) std::memcpy(out.data(), part.data(), out.size() * sizeof(T));
    return out;
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

}  // namespace tessera
