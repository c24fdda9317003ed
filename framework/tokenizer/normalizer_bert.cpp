// BertNormalizer. ASCII goes through a table of bytes; runs of other characters take the steps one
// after another, which is the same, as no step looks beyond a run.
#include <array>
#include <string_view>
#include <utility>

#include "framework/tokenizer/character_filter.h"
#include "framework/tokenizer/normalizer_steps.h"
#include "framework/tokenizer/unicode.h"

namespace tessera {
namespace {

/// What stands for every ASCII byte, or kRemoved.
using AsciiTable = std::array<unsigned char, 128>;
constexpr unsigned char kRemoved = 0xff;

AsciiTable make_ascii_table(bool clean_text, bool lower_case) {
  AsciiTable table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    const auto point = static_cast<char32_t>(byte);
    auto made = static_cast<unsigned char>(byte);
    if (lower_case && made >= 'A' && made <= 'Z') made += 'a' - 'A';
    if (clean_text && rust::is_whitespace(point)) made = ' ';
    if (clean_text && bert::is_control(point)) made = kRemoved;
    table[byte] = made;
  }
  return table;
}

const AsciiTable& ascii_table(const BertNormalizer& step) {
  static const std::array tables{make_ascii_table(false, false), make_ascii_table(false, true),
                                 make_ascii_table(true, false), make_ascii_table(true, true)};
  return tables[size_t{step.clean_text} * 2 + size_t{step.lower_case}];
}

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

void change_run(const BertNormalizer& step, std::string& run) {
  if (step.clean_text) {
    remove_characters(run, bert::is_control);
    replace_characters(
        run, [](char32_t point) { return point == ' ' || !rust::is_whitespace(point); },
        [](char32_t, std::string& made) { made += ' '; });
  }
  if (step.cjk_characters) {
    replace_characters(
        run, [](char32_t point) { return !bert::is_cjk(point); },
        [](char32_t point, std::string& made) {
          made += ' ';
          append_utf8(point, made);
          made += ' ';
        });
  }
  if (step.strip_accents) {
    normal_form::make_nfd(run);
    remove_characters(run, bert::is_mark);
  }
  if (step.lower_case) change_text(LowerCase{}, run);
}

}  // namespace

void change_text(const BertNormalizer& step, std::string& text) {
  const AsciiTable& table = ascii_table(step);
  std::string made, run;
  for (size_t at = 0; at < text.size();) {
    size_t kept = at, end = at;  // ASCII never becomes longer, and is changed where it stands
    for (; end < text.size() && is_ascii(text[end]); ++end) {
      const unsigned char byte = table[static_cast<unsigned char>(text[end])];
      text[kept] = static_cast<char>(byte);
      kept += static_cast<size_t>(byte != kRemoved);
    }
    if (at == 0 && end == text.size()) return text.resize(kept);
    made.append(text, at, kept - at);
    at = end;
    while (end < text.size() && !is_ascii(text[end])) ++end;
    run.assign(text, at, end - at);
    change_run(step, run);
    made += run;
    at = end;
  }
  text = std::move(made);
}

}  // namespace tessera
