// Patterns of paths, for those that the shell did not expand (in quotes, or too many for a command
// line): `*`, `?` and `[…]` within a name, and `**` for any number of folders.
#pragma once

#include <filesystem>
#include <vector>

namespace tessera {

/// Whether `path` has a character that makes it a pattern.
bool is_path_pattern(const std::filesystem::path& path);

/// The paths that match `pattern`, in the order of their names. Names that begin with a dot match
/// where the pattern's name does, and all when `include_hidden`.
std::vector<std::filesystem::path> expand_path_pattern(const std::filesystem::path& pattern,
                                                       bool include_hidden);

}  // namespace tessera
