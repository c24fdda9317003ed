// Paths as users write them, in a config, with --set or on a command line. A shell replaces `~` and `$NAME` only where it
// sees them at the start of a word of its own, so that what reaches the program may still hold them; a folder called `~`
// is never what was meant.
#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// `text`, with `~` and `~/…` replaced by the home folder. UserError for the home of another user, for `$NAME`, and where
/// HOME is not set; `./~` and `./$` name files that are really called so.
std::string user_path(std::string_view text);

}  // namespace tessera
