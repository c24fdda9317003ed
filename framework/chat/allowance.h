// What a rendering may still spend. Every value of a template that takes memory is made or charged
// here, so that a hostile template ends before it has taken more than its limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/core/error.h"

namespace tessera::chat {

class Allowance {
 public:
  Allowance(int64_t steps, int64_t value_bytes) : steps_(steps), value_bytes_(value_bytes) {}

  /// One expression or statement.
  void step() { spend(steps_, 1, "does more steps than a rendering may take"); }
  /// Reading `bytes` bytes or values without keeping them.
  void reading(size_t bytes) {
    spend(steps_, 1 + static_cast<int64_t>(bytes / 64),
          "does more steps than a rendering may take");
  }
  /// Memory for a value.
  void memory(size_t bytes) {
    spend(value_bytes_, static_cast<int64_t>(bytes), "makes more text and lists than it may");
  }

 private:
  static void spend(int64_t& left, int64_t amount, const char* what) {
    require(amount >= 0 && amount <= left, "it {}: the template does not end, or is hostile", what);
    left -= amount;
  }

  int64_t steps_, value_bytes_;
};

/// A text that grows at the expense of an allowance.
class GrowingText {
 public:
  explicit GrowingText(Allowance& allowance) : allowance_(allowance) {}

  GrowingText& add(std::string_view part) {
    allowance_.memory(part.size());
    text_ += part;
    return *this;
  }
  std::string& text() { return text_; }

 private:
  Allowance& allowance_;
  std::string text_;
};

}  // namespace tessera::chat
