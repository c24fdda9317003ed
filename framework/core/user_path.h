// Paths as users write them, in a config, with --set or on a command line. A shell replaces `~` and
// `$NAME` only where they stand at the start of a word, so a path that reaches the program may
// still hold them; nobody means a folder called `~`.
#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// `text`, with `~` and `~/…` replaced by the home folder. Throws UserError for the home of
/// another user, for `$NAME`, and when HOME is not set; `./~` and `./$` name files that are really
/// called so.
std::string user_path(std::string_view text);

}  // namespace tessera
