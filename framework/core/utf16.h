// Tells text in UTF-16 from binary files: Tessera reads UTF-8, and names UTF-16 in the message
// where it meets such text.
#pragma once

#include <string_view>

namespace tessera {

/// The advice that messages give about a file in UTF-16.
inline constexpr std::string_view kUtf16Remedy = "convert it with `iconv -f UTF-16 -t UTF-8`";

/// Whether the first bytes of a file are those of a text in UTF-16: the byte order mark, or, in
/// bytes of one parity alone, as many zeros as Latin letters make.
bool looks_like_utf16(std::string_view bytes);

}  // namespace tessera
