#include <string>

#include "framework/tokenizer/delimiter_fold.h"
#include "framework/tokenizer/pre_tokenizer_steps.h"

namespace tessera {
namespace {

/// The piece with the replacement for spaces, and before it where the step says so.
std::string replace_spaces(const MetaspaceStep& step, std::string_view piece, bool begins) {
  std::string text;
  text.reserve(piece.size() + step.replacement.size() * (piece.size() / 4 + 1));
  const bool prepends = step.prepend == MetaspaceStep::Prepend::always ||
                        (step.prepend == MetaspaceStep::Prepend::first && begins);
  const bool there = piece.starts_with(step.replacement) || piece.front() == ' ';
  if (prepends && !there) text = step.replacement;
  for (size_t at = 0; at < piece.size();) {
    const size_t space = piece.find(' ', at);
    text += piece.substr(at, space - at);
    if (space == std::string_view::npos) break;
    text += step.replacement;
    at = space + 1;
  }
  return text;
}

}  // namespace

void cut_piece(const MetaspaceStep& step, std::string_view piece, bool begins, Pieces& pieces,
               PieceList& out) {
  const std::string_view text = pieces.keep(replace_spaces(step, piece, begins));
  if (!step.split) return out.push_back(text);
  DelimiterFold fold(text, Delimiter::merged_with_next, false, out);
  const size_t length = step.replacement.size();
  for (size_t at = 0; at < text.size();) {
    const size_t found = std::min(text.find(step.replacement, at), text.size());
    if (found != at) fold.add(at, found, false);
    if (found == text.size()) break;
    fold.add(found, found + length, true);
    at = found + length;
  }
  fold.finish();
}

}  // namespace tessera
