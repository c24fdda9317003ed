// Bytes read as UTF-8, and normalized and cut in every way that needs no file.
#include "framework/tokenizer/utf8.h"

#include "framework/tokenizer/normalizer.h"
#include "framework/tokenizer/pre_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_characters(std::string_view text) {
  bool valid = true;
  std::string again;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    check(point.bytes > 0 && at + point.bytes <= text.size(), "{} bytes at {}", point.bytes, at);
    valid &= point.valid();
    append_utf8(point.valid() ? point.value : 0xfffd, again);
    at += point.bytes;
  }
  check(valid == is_utf8(text), "is_utf8 and decode_utf8 differ");
  check(again == replace_invalid_utf8(text) && is_utf8(again), "replaced otherwise");
  check(whole_characters(text) <= text.size(), "more characters than bytes");
}

void normalize(const NormalizerStep& step, std::string text) {
  const Normalizer normalizer({step});
  normalizer.apply(text);
  check(is_utf8(text), "normalizer {} makes no UTF-8", step.index());
  if (!std::holds_alternative<UnicodeForm>(step)) return;
  std::string twice = text;
  normalizer.apply(twice);
  check(twice == text, "a normalization form of itself is another text");
}

/// Pieces of the text, in its order.
void cut(const PreTokenizerStep& step, std::string_view text) {
  Pieces pieces;
  pieces.list.push_back(text);
  PreTokenizer({step}).cut(pieces, true);
  size_t bytes = 0;
  for (const std::string_view piece : pieces.list) bytes += piece.size();
  check(bytes <= text.size() + 3, "pieces of {} bytes from {}", bytes, text.size());
}

void read(std::string_view input) {
  read_characters(input);
  const std::string text = replace_invalid_utf8(input);
  using Kind = UnicodeForm::Kind;
  for (const NormalizerStep& step : std::initializer_list<NormalizerStep>{
           UnicodeForm{Kind::nfd}, UnicodeForm{Kind::nfc}, UnicodeForm{Kind::nfkd},
           UnicodeForm{Kind::nfkc}, LowerCase{}, StripAccents{}, StripEnds{}, BertNormalizer{},
           NmtNormalizer{}, ByteCharacters{}, ReplaceText{Pattern::literal(""), "x"}})
    normalize(step, text);
  for (const PreTokenizerStep& step : std::initializer_list<PreTokenizerStep>{
           ByteLevelStep{}, DigitsStep{}, DigitsStep{true}, PunctuationStep{}, WhitespaceStep{},
           WhitespaceSplitStep{}, BertStep{}, CharDelimiterStep{U'a'}, UnicodeScriptsStep{},
           FixedLengthStep{3}}) {
    cut(step, text);
    cut(step, input);
  }
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(utf8, tessera::read)
