#include "framework/tokenizer/words.h"

#include <algorithm>
#include <array>

#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr std::string_view kSpaceMark = "▁";

/// The characters that close a sentence (the Unicode property Sentence_Terminal, without those of
/// historic scripts), and those after which no space need follow.
struct Mark {
  std::string_view text;
  bool stands_alone;
};
constexpr std::array kMarks{
    Mark{".", false}, Mark{"!", false}, Mark{"?", false}, Mark{"…", false}, Mark{"‼", false},
    Mark{"⁇", false}, Mark{"⁈", false}, Mark{"⁉", false}, Mark{"؟", false}, Mark{"۔", false},
    Mark{"։", false}, Mark{"।", false}, Mark{"॥", false}, Mark{"።", false}, Mark{"፧", false},
    Mark{"။", false}, Mark{"។", false}, Mark{"៕", false}, Mark{"᠃", false}, Mark{"᙮", false},
    Mark{"。", true}, Mark{"！", true}, Mark{"？", true}, Mark{"．", true}, Mark{"｡", true}};

bool is_word_byte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z') ||
         (value >= '0' && value <= '9') || value == '_' || value >= 0x80;
}

bool begins_with_space(std::string_view token) {
  return !token.empty() && (token[0] == ' ' || (token[0] >= '\t' && token[0] <= '\r') ||
                            token.starts_with(kSpaceMark));
}

const Mark* mark_at_end(std::string_view text) {
  const auto found = std::find_if(kMarks.begin(), kMarks.end(),
                                  [&](const Mark& mark) { return text.ends_with(mark.text); });
  return found == kMarks.end() ? nullptr : &*found;
}

}  // namespace

size_t sentence_mark(std::string_view text) {
  const Mark* mark = mark_at_end(text);
  return mark != nullptr ? mark->text.size() : 0;
}

bool continues_word(const WordMarks& marks, std::string_view previous, std::string_view token) {
  if (token.empty() || previous.empty()) return false;
  if (!marks.continuing_prefix.empty()) return token.starts_with(marks.continuing_prefix);
  if (begins_with_space(token)) return false;
  return is_word_byte(token[0]) && is_word_byte(previous.back()) && sentence_mark(previous) == 0;
}

bool ends_sentence(const WordMarks& marks, std::string_view token, std::string_view next) {
  if (token.find('\n') != token.npos) return true;
  const Mark* mark = mark_at_end(token);
  if (mark == nullptr) return false;
  if (mark->stands_alone || next.empty() || begins_with_space(next)) return true;
  // Where the spaces of the text are lost, digits after a point still go on with a number.
  return !marks.spaces_kept && !(next[0] >= '0' && next[0] <= '9') && is_word_byte(next[0]);
}

}  // namespace tessera
