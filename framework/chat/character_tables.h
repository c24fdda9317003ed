// What Python's str says of characters beyond ASCII; make_case_tables writes the tables.
#pragma once

#include <cstdint>
#include <vector>

namespace tessera::chat {

/// Every `step`-th character of [first, last] has its other case `delta` further.
struct CaseRange {
  char32_t first, last;
  uint32_t step;
  int32_t delta;
};
/// A character whose other case is several characters.
struct LongCase {
  char32_t character;
  const char* text;
};
struct CharacterRange {
  char32_t first, last;
};

// Title case is upper case where it is not listed.
extern const std::vector<CaseRange> kUpper, kLower, kTitle;
extern const std::vector<LongCase> kLongUpper, kLongLower, kLongTitle;
/// Characters that repr() writes as escapes.
extern const std::vector<CharacterRange> kHidden;

}  // namespace tessera::chat
