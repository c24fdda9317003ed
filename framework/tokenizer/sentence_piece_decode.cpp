#include "framework/core/error.h"
#include "framework/tokenizer/sentence_piece.h"

namespace tessera {
namespace {

using Kind = SentencePieceFile::Kind;

constexpr std::string_view kMark = "▁";

void replace_all(std::string_view text, std::string_view what, std::string_view by,
                 std::string& out) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + what.size());
  }
  out += text;
}

}  // namespace

std::string SentencePiece::decode(std::span<const int32_t> ids) const {
  const SentencePieceFile::Rules& rules = normalizer_.rules();
  std::string text;
  // The space that stands before a text by the normalizer's doing is left out again; where it
  // removes spaces, all spaces that pieces put there are.
  bool at_begin = rules.adds_space || rules.removes_spaces;
  for (const int32_t id : ids) {
    require(id >= 0 && id < vocabulary_.size(), "{} is no token; the vocabulary has ids 0 to {}",
            id, vocabulary_.size() - 1);
    if (const int byte = vocabulary_.byte(id); byte >= 0) {
      text += static_cast<char>(byte);
      continue;
    }
    if (!text.empty()) at_begin = false;
    const Kind kind = vocabulary_.kind(id);
    if (kind == Kind::control) continue;
    std::string_view piece = vocabulary_.token(id);
    if (at_begin && piece.starts_with(kMark)) {
      piece.remove_prefix(kMark.size());
      if (!rules.removes_spaces) at_begin = false;
    }
    if (kind == Kind::unknown)
      text += unknown_surface_;
    else
      replace_all(piece, kMark, " ", text);
  }
  if (!denormalizer_) return text;
  std::string normal;
  denormalizer_->apply(text, true, normal);
  if (!denormalizer_->rules().escapes_spaces) return normal;
  text.clear();
  replace_all(normal, " ", kMark, text);
  return text;
}

}  // namespace tessera
