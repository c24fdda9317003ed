// The alphabet of byte-level vocabularies: GPT-2 (Radford et al., "Language Models are Unsupervised
// Multitask Learners", 2019, encoder.py) spells each of the 256 bytes as one printable character,
// so that a token of any bytes can stand in a JSON file. Printable characters of Latin-1 stand for
// themselves; the other bytes, in order, are U+0100, U+0101 and so on (a space is U+0120, Ġ).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The character that stands for a byte.
char32_t byte_character(unsigned char byte);
/// The byte that a character stands for, or -1.
int character_byte(char32_t point);

/// The characters that stand for `bytes`.
std::string to_byte_characters(std::string_view bytes);
/// The bytes that the characters of `text` stand for; nullopt when one of them stands for none.
std::optional<std::string> from_byte_characters(std::string_view text);

}  // namespace tessera
