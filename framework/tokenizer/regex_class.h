// Classes and escapes of regular expressions: what one character of the text may be.
#pragma once

#include <optional>

#include "framework/tokenizer/character_set.h"
#include "framework/tokenizer/regex_reader.h"

namespace tessera {

/// The class that begins after a '['. `fold` makes it ignore case.
CharacterSet read_class(RegexReader& reader, bool fold);
/// The set of \s, \S, \w, \W, \d, \D, \h, \H, \p{...}, \P{...}; nothing, and nothing read, where
/// the escape is another one. `bracketed` says that it stands inside a class.
std::optional<CharacterSet> read_set_escape(RegexReader& reader, bool bracketed);
/// The character that an escape such as \n, \. or \x{20} stands for; the backslash has been read.
char32_t read_character_escape(RegexReader& reader);
/// The class with the other case of its letters, as the references fold classes. Letters beyond ASCII
/// are refused unless the class has all that have a case.
CharacterSet fold_case(RegexReader& reader, const CharacterSet& set);
/// The character, or with `fold` the characters of either case.
CharacterSet character_set(RegexReader& reader, char32_t point, bool fold);

}  // namespace tessera
