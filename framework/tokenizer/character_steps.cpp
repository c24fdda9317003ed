// The steps that cut at characters of some kind. An invalid subpart of UTF-8 is of no kind.
#include "framework/tokenizer/delimiter_fold.h"
#include "framework/tokenizer/pre_tokenizer_steps.h"
#include "framework/tokenizer/script_table.h"
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

/// Cuts at the characters for which `test` is true, each a delimiter.
template <typename Test>
void cut_at(std::string_view piece, Delimiter delimiter, PieceList& out, const Test& test) {
  DelimiterFold fold(piece, delimiter, false, out);
  size_t begin = 0;
  for (size_t at = 0; at < piece.size();) {
    const CodePoint point = decode_utf8(piece, at);
    const size_t end = at + point.bytes;
    if (point.valid() && test(point.value)) {
      if (begin != at) fold.add(begin, at, false);
      fold.add(at, end, true);
      begin = end;
    }
    at = end;
  }
  if (begin != piece.size()) fold.add(begin, piece.size(), false);
  fold.finish();
}

bool is_space(char32_t point) {
  if (point < 0x80) return point == ' ' || (point >= '\t' && point <= '\r');
  return rust::is_whitespace(point);
}

bool is_numeric(char32_t point) {
  if (point < 0x80) return point >= '0' && point <= '9';
  return rust::is_numeric(point);
}

enum class Kind { space, word, other };

Kind kind_of(const CodePoint& point) {
  if (!point.valid()) return Kind::other;
  if (rust_regex::is_space(point.value)) return Kind::space;
  return rust_regex::is_word(point.value) ? Kind::word : Kind::other;
}

}  // namespace

void cut_piece(const DigitsStep& step, std::string_view piece, PieceList& out) {
  cut_at(piece, step.individual ? Delimiter::isolated : Delimiter::contiguous, out, is_numeric);
}

void cut_piece(const PunctuationStep& step, std::string_view piece, PieceList& out) {
  cut_at(piece, step.delimiter, out, bert::is_punctuation);
}

void cut_piece(const WhitespaceStep& /*step*/, std::string_view piece, PieceList& out) {
  size_t begin = 0;
  auto kind = Kind::space;  // of the piece that begins there
  for (size_t at = 0; at < piece.size();) {
    const CodePoint point = decode_utf8(piece, at);
    const Kind next = kind_of(point);
    if (next != kind) {
      if (kind != Kind::space) out.push_back(piece.substr(begin, at - begin));
      begin = at;
      kind = next;
    }
    at += point.bytes;
  }
  if (kind != Kind::space) out.push_back(piece.substr(begin));
}

void cut_piece(const WhitespaceSplitStep& /*step*/, std::string_view piece, PieceList& out) {
  cut_at(piece, Delimiter::removed, out, is_space);
}

void cut_piece(const BertStep& /*step*/, std::string_view piece, PieceList& out) {
  size_t begin = 0;
  for (size_t at = 0; at < piece.size();) {
    const CodePoint point = decode_utf8(piece, at);
    const bool space = point.valid() && is_space(point.value);
    if (space || (point.valid() && bert::is_punctuation(point.value))) {
      if (begin != at) out.push_back(piece.substr(begin, at - begin));
      begin = at + point.bytes;
      if (!space) out.push_back(piece.substr(at, point.bytes));
    }
    at += point.bytes;
  }
  if (begin != piece.size()) out.push_back(piece.substr(begin));
}

void cut_piece(const CharDelimiterStep& step, std::string_view piece, PieceList& out) {
  cut_at(piece, Delimiter::removed, out, [&](char32_t point) { return point == step.delimiter; });
}

void cut_piece(const UnicodeScriptsStep& /*step*/, std::string_view piece, PieceList& out) {
  // As in the reference, characters of no script before the first of one belong to no piece.
  constexpr char32_t kReplacement = 0xfffd;
  constexpr size_t kNone = std::string_view::npos;
  size_t begin = kNone;
  int last = 0;
  for (size_t at = 0; at < piece.size();) {
    const CodePoint point = decode_utf8(piece, at);
    const int script = cutting_script(point.valid() ? point.value : kReplacement);
    if (script != 0 && script != last) {
      if (begin != kNone) out.push_back(piece.substr(begin, at - begin));
      begin = at;
      last = script;
    }
    at += point.bytes;
  }
  if (begin != kNone) out.push_back(piece.substr(begin));
}

void cut_piece(const FixedLengthStep& step, std::string_view piece, PieceList& out) {
  size_t begin = 0;
  size_t characters = 0;
  for (size_t at = 0; at < piece.size();) {
    at += decode_utf8(piece, at).bytes;
    if (++characters < step.characters && at < piece.size()) continue;
    out.push_back(piece.substr(begin, at - begin));
    begin = at;
    characters = 0;
  }
}

}  // namespace tessera
