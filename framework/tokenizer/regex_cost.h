// An engine that goes back, as PCRE2 does, takes time that grows with the text ahead from every place
// where it begins, for most expressions; for some it grows with the square of that, or worse: `a*a*b`,
// `(?:a+)+b`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "framework/tokenizer/regex_symbols.h"
#include "framework/tokenizer/regex_tree.h"

namespace tessera {

/// The loops of an expression, each over one set of symbols.
class RegexLoops {
 public:
  static constexpr size_t kMost = 64;
  static constexpr size_t kLong = 1024;

  /// Whether some loop may go on for kLong symbols; true for certain where one may for twice as many.
  bool go_far(std::string_view symbols) const;
  void add(const std::vector<uint8_t>& set);
  size_t size() const { return size_; }

 private:
  std::array<uint64_t, 256> of_symbol_{};  // a bit for each loop that takes it
  size_t size_ = 0;
};

/// The loops, if the time from one place is certain to grow with the text ahead and no faster. Nothing
/// for other expressions, and for some for which it is hard to tell.
std::optional<RegexLoops> loops_of_steady(const RegexTree& tree, const RegexSymbols& symbols);

}  // namespace tessera
