// Scripts as the pre-tokenizer UnicodeScripts of tokenizers 0.23.3 sees them: Hiragana, Katakana and
// Han are one, and the space is of none.
#pragma once

namespace tessera {

/// The number of the character's script; 0 for characters of none, beside which nothing is cut.
int cutting_script(char32_t point);

}  // namespace tessera
