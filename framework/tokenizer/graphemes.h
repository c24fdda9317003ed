// Extended grapheme clusters (Unicode Standard Annex #29): what a reader takes for one character.
#pragma once

#include <cstddef>
#include <string_view>

namespace tessera {

/// The end of the cluster that begins at text[at], which lies inside valid UTF-8.
size_t grapheme_end(std::string_view text, size_t at);

}  // namespace tessera
