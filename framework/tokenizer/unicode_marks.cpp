// What tokenizers' own steps hold of a character.
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

#include "framework/tokenizer/unicode/bert_8.inc"
#include "framework/tokenizer/unicode/rust_17.inc"

bool flag(const uint8_t* index, const uint8_t* blocks, char32_t point, unsigned bit) {
  return (blocks[size_t{index[point >> 7]} << 7 | (point & 0x7f)] >> bit & 1) != 0;
}

}  // namespace

namespace rust {

bool is_whitespace(char32_t point) { return flag(kRustFlagsIndex, kRustFlagsBlocks, point, 0); }
bool is_numeric(char32_t point) { return flag(kRustFlagsIndex, kRustFlagsBlocks, point, 1); }

char32_t lower_case(char32_t point) {
  const int32_t step = kLowerCaseBlocks[size_t{kLowerCaseIndex[point >> 6]} << 6 | (point & 0x3f)];
  return static_cast<char32_t>(static_cast<int32_t>(point) + step);
}

void append_lower_case(char32_t point, std::string& text) {
  if (point == kCapitalIWithDot) {
    text += "i\u0307";
  } else {
    append_utf8(lower_case(point), text);
  }
}

}  // namespace rust

namespace bert {

bool is_punctuation(char32_t point) { return flag(kBertFlagsIndex, kBertFlagsBlocks, point, 0); }
bool is_control(char32_t point) { return flag(kBertFlagsIndex, kBertFlagsBlocks, point, 1); }
bool is_cjk(char32_t point) { return flag(kBertFlagsIndex, kBertFlagsBlocks, point, 2); }
bool is_mark(char32_t point) { return flag(kBertFlagsIndex, kBertFlagsBlocks, point, 3); }

}  // namespace bert

}  // namespace tessera
