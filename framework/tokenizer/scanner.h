// Scanners cut a text as the regular expressions of well-known tokenizers do, by hand-written code
// over the same classes of characters, several times as fast as an engine. A test compares each
// with the expression it stands for. An invalid byte is neither letter, number nor white space.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "framework/tokenizer/regex.h"

namespace tessera {

/// The end of the piece that begins at text[at], which lies inside the text.
using Scanner = size_t (*)(std::string_view text, size_t at);

/// GPT-2's expression.
size_t scan_gpt2(std::string_view text, size_t at);

/// The scanner that cuts every text as `expression` does in its dialect, if it is a known one.
std::optional<Scanner> known_scanner(std::string_view expression, RegexDialect dialect);

}  // namespace tessera
