// Base64 (RFC 4648, section 4), in which rank files spell the bytes of tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The bytes, or nothing where the text is no base64 with its padding.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tessera
