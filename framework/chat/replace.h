// str.replace.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "framework/chat/python_text.h"
#include "framework/chat/value.h"

namespace tessera::chat {

/// `text` with the first `most` (all when < 0) occurrences of `old` replaced; an empty `old` stands
/// between all characters.
inline Value replaced(std::string_view text, std::string_view old, std::string_view fresh,
                      int64_t most, Allowance& allowance) {
  GrowingText out(allowance);
  size_t at = 0;
  for (int64_t count = 0; most < 0 || count < most; ++count) {
    if (old.empty()) {
      out.add(fresh);
      if (at == text.size()) return make_text(std::move(out));
      const size_t bytes = character_bytes(text, at);
      out.add(text.substr(at, bytes));
      at += bytes;
      continue;
    }
    const size_t next = text.find(old, at);
    if (next == std::string_view::npos) break;
    out.add(text.substr(at, next - at)).add(fresh);
    at = next + old.size();
  }
  out.add(text.substr(at));
  return make_text(std::move(out));
}

}  // namespace tessera::chat
