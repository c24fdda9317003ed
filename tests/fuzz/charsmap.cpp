// A charsmap, as SentencePiece and as tokenizers apply it. The input is a text, a zero and the
// charsmap's bytes.
#include "framework/tokenizer/normalizer.h"
#include "framework/tokenizer/sentence_piece_normalizer.h"
#include "framework/tokenizer/utf8.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void apply(std::string_view input) {
  const std::string_view given = take_part(input);
  std::string text = replace_invalid_utf8(given);
  SentencePieceFile::Rules rules;
  rules.charsmap = input;
  std::string made;
  SentencePieceNormalizer(rules, {"ab", "\xe2\x96\x81"}, "the file").apply(given, true, made);
  check(is_utf8(made), "SentencePiece's normalizer makes no UTF-8");
  Normalizer({PrecompiledMap{std::string(input)}}).apply(text);
  check(is_utf8(text), "the normalizer makes no UTF-8");
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(charsmap, tessera::apply)
