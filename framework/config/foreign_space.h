// White space that YAML takes for a letter: no-break and other wide spaces, which web pages and
// word processors put in place of plain ones, and which no one sees.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

struct ForeignSpace {
  size_t at = 0;     // offset in the text
  std::string name;  // "U+00A0, a no-break space"
};

/// The first foreign space that stands neither in quotes nor in a comment.
std::optional<ForeignSpace> find_foreign_space(std::string_view yaml);

}  // namespace tessera
