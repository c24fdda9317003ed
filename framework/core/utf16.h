// Text in UTF-16, told from binary files: Tessera reads UTF-8, and says so where it meets the other one.
#pragma once

#include <string_view>

namespace tessera {

/// What to do about a file in UTF-16, for messages.
inline constexpr std::string_view kUtf16Remedy = "convert it with `iconv -f UTF-16 -t UTF-8`";

/// Whether the first bytes of a file are those of a text in UTF-16: its byte order mark, or, in bytes of one parity alone,
/// as many zeros as Latin letters make.
bool looks_like_utf16(std::string_view bytes);

}  // namespace tessera
