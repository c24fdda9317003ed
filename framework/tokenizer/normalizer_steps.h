// What every step of a Normalizer does to a text of valid UTF-8.
#pragma once

#include <cstddef>
#include <string>

#include "framework/tokenizer/grapheme_map.h"
#include "framework/tokenizer/normalizer.h"

namespace tessera {

void change_text(const UnicodeForm& step, std::string& text);
void change_text(const LowerCase& step, std::string& text);
void change_text(const StripAccents& step, std::string& text);
void change_text(const StripEnds& step, std::string& text);
/// Throws UserError when more than `most` bytes come out.
void change_text(const ReplaceText& step, std::string& text, size_t most);
void change_text(const PrependText& step, std::string& text);
void change_text(const BertNormalizer& step, std::string& text);
void change_text(const NmtNormalizer& step, std::string& text);
void change_text(const ByteCharacters& step, std::string& text);

}  // namespace tessera
