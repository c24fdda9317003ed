// The known name that a mistyped one most likely meant, by edit distance; for keys, values and
// verbs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal
/// string alignment).
size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `names`, if it is close enough to be meant: at most a third of the letters
/// differ, or one of the two begins with the other.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& names);

}  // namespace tessera
