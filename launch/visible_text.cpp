#include "launch/visible_text.h"

#include <fmt/format.h>

#include "framework/tokenizer/utf8.h"

namespace tessera {

std::string visible(std::string_view text) {
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const std::string_view part = text.substr(at, point.bytes);
    if (point.value == '\n')
      shown += "\\n";
    else if (point.value == '\t')
      shown += "\\t";
    else if (!point.valid() || point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0))
      for (const char byte : part)
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    else
      shown += part;
    at += point.bytes;
  }
  return shown;
}

}  // namespace tessera
