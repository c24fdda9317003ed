// The steps of a Normalizer but BERT's and the charsmap's.
#include "framework/tokenizer/normalizer_steps.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/character_filter.h"
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

bool is_nmt_control(char32_t point) {
  return (point >= 0x1 && point <= 0x8) || point == 0xb || (point >= 0xe && point <= 0x1f) ||
         point == 0x7f || point == 0x8f || point == 0x9f;
}

bool is_nmt_space(char32_t point) {
  if (point < 0x80) return point == '\t' || point == '\n' || point == '\f' || point == '\r';
  return point == 0x1680 || (point >= 0x200b && point <= 0x200f) || point == 0x2028 ||
         point == 0x2029 || point == 0x2581 || point == 0xfeff || point == 0xfffd;
}

/// The start of the character that ends at text[end - 1].
size_t character_start(std::string_view text, size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  return end;
}

}  // namespace

void change_text(const UnicodeForm& step, std::string& text) {
  switch (step.kind) {
    case UnicodeForm::Kind::nfd:
      return normal_form::make_nfd(text);
    case UnicodeForm::Kind::nfc:
      return normal_form::make_nfc(text);
    case UnicodeForm::Kind::nfkd:
      return normal_form::make_nfkd(text);
    case UnicodeForm::Kind::nfkc:
      return normal_form::make_nfkc(text);
  }
}

void change_text(const LowerCase& /*step*/, std::string& text) {
  unsigned char all = 0;
  for (char& byte : text) {  // ASCII, where it stands
    all |= static_cast<unsigned char>(byte);
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
  }
  if (all < 0x80) return;
  replace_characters(
      text,
      [](char32_t point) {
        return point < 0x80 ||
               (rust::lower_case(point) == point && point != rust::kCapitalIWithDot);
      },
      rust::append_lower_case);
}

void change_text(const StripAccents& /*step*/, std::string& text) {
  remove_characters(text,
                    [](char32_t point) { return point >= 0x80 && normal_form::is_mark(point); });
}

void change_text(const StripEnds& step, std::string& text) {
  size_t begin = 0, end = text.size();
  while (step.right && end > begin) {
    const size_t at = character_start(text, end);
    if (!rust::is_whitespace(decode_utf8(text, at).value)) break;
    end = at;
  }
  while (step.left && begin < end) {
    const CodePoint point = decode_utf8(text, begin);
    if (!rust::is_whitespace(point.value)) break;
    begin += point.bytes;
  }
  text.resize(end);
  text.erase(0, begin);
}

void change_text(const ReplaceText& step, std::string& text, size_t most) {
  if (text.empty()) return;  // where not even an empty match is looked for
  Matches matches(step.pattern, text);
  std::string made;
  size_t copied = 0;
  bool any = false;
  while (const auto match = matches.next()) {
    any = true;
    made.append(text, copied, match->first - copied);
    made += step.content;
    require(
        made.size() <= most,
        "the normalizer's replacements make more than {} bytes of a text; is the tokenizer file "
        "damaged?",
        most);
    copied = match->second;
  }
  if (!any) return;
  made.append(text, copied);
  text = std::move(made);
}

void change_text(const PrependText& step, std::string& text) {
  if (!text.empty()) text.insert(0, step.text);
}

void change_text(const NmtNormalizer& /*step*/, std::string& text) {
  replace_characters(
      text, [](char32_t point) { return !is_nmt_control(point) && !is_nmt_space(point); },
      [](char32_t point, std::string& made) {
        if (is_nmt_space(point)) made += ' ';
      });
}

void change_text(const ByteCharacters& /*step*/, std::string& text) {
  text = to_byte_characters(text);
}

}  // namespace tessera
