// The sets of characters that regular expressions name: \s, \w, \p{L}, [[:alpha:]], \p{Han}. They
// come from the tables of the dialect's reference (unicode.h).
#pragma once

#include <optional>
#include <string_view>

#include "framework/tokenizer/character_set.h"
#include "framework/tokenizer/regex.h"

namespace tessera {

const CharacterSet& space_set(RegexDialect dialect);  // \s
const CharacterSet& word_set(RegexDialect dialect);   // \w
/// \\w inside brackets, where Oniguruma leaves out the digits and fractions of Latin-1.
const CharacterSet& bracketed_word_set(RegexDialect dialect);
const CharacterSet& digit_set(RegexDialect dialect);  // \d
const CharacterSet& hexadecimal_set();                // \h
/// The set of \p{name}, or nothing when the name is not known here. Names are compared without
/// regard to case, spaces, '-' and '_'.
std::optional<CharacterSet> property_set(std::string_view name, RegexDialect dialect);
/// The set of [:name:] inside brackets.
std::optional<CharacterSet> posix_set(std::string_view name, RegexDialect dialect);

/// The set of a property with a generated table of its own (regex_tables.cpp): a script, or
/// Alphabetic, Lowercase, Uppercase; nothing for other names. The name is in lower case.
std::optional<CharacterSet> tabled_property(std::string_view name);

}  // namespace tessera
