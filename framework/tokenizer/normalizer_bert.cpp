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

/// What stands for every ASCII byte; 0 for what is removed.
std::array<char, 128> ascii_table(const BertNormalizer& step) {
  std::array<char, 128> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    const auto point = static_cast<char32_t>(byte);
    char made = static_cast<char>(byte);
    if (step.clean_text && bert::is_control(point)) made = 0;
    if (step.clean_text && made != 0 && rust::is_whitespace(point)) made = ' ';
    if (step.lower_case && made >= 'A' && made <= 'Z') made = static_cast<char>(made + 'a' - 'A');
    table[byte] = made;
  }
  return table;
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
  const std::array<char, 128> table = ascii_table(step);
  std::string made, run;
  made.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (is_ascii(text[at])) {
      const char byte = text[at++];
      const char replaced = table[static_cast<unsigned char>(byte)];
      if (replaced != 0 || (byte == 0 && !step.clean_text)) made += replaced;
      continue;
    }
    size_t end = at;
    while (end < text.size() && !is_ascii(text[end])) ++end;
    run.assign(text, at, end - at);
    change_run(step, run);
    made += run;
    at = end;
  }
  text = std::move(made);
}

}  // namespace tessera
