// Replaces characters of a text one by one. A text in which nothing changes is only read.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "framework/tokenizer/utf8.h"

namespace tessera {

/// For every character for which `keeps` is false, `append(point, made)` appends what stands in its
/// place. The text is valid UTF-8.
template <typename Keeps, typename Append>
void replace_characters(std::string& text, const Keeps& keeps, const Append& append) {
  std::string made;
  size_t copied = 0;  // of the text, into `made`
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (!keeps(point.value)) {
      made.append(text, copied, at - copied);
      append(point.value, made);
      copied = at + point.bytes;
    }
    at += point.bytes;
  }
  if (copied == 0) return;
  made.append(text, copied);
  text = std::move(made);
}

/// Removes the characters for which `removes` is true.
template <typename Removes>
void remove_characters(std::string& text, const Removes& removes) {
  replace_characters(
      text, [&](char32_t point) { return !removes(point); }, [](char32_t, std::string&) {});
}

}  // namespace tessera
