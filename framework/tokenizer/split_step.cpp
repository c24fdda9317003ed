// The steps that cut where an expression matches.
#include "framework/tokenizer/delimiter_fold.h"
#include "framework/tokenizer/pre_tokenizer_steps.h"

namespace tessera {

void cut_piece(const SplitStep& step, std::string_view piece, PieceList& out) {
  DelimiterFold fold(piece, step.delimiter, step.invert, out);
  size_t end = 0;
  if (step.scanner) {  // known expressions match everything
    for (size_t at = 0; at < piece.size(); at = end) {
      end = (*step.scanner)(piece, at);
      fold.add(at, end, true);
    }
    return fold.finish();
  }
  Matches matches(step.pattern, piece);
  while (const auto match = matches.next()) {
    if (end != match->first) fold.add(end, match->first, false);
    fold.add(match->first, match->second, true);
    end = match->second;
  }
  if (end != piece.size()) fold.add(end, piece.size(), false);
  fold.finish();
}

void cut_piece(const ByteLevelStep& step, std::string_view piece, bool /*begins*/, Pieces& pieces,
               PieceList& out) {
  if (step.add_prefix_space && piece.front() != ' ') piece = pieces.keep(" " + std::string(piece));
  if (!step.use_regex) return out.push_back(piece);
  for (size_t at = 0; at < piece.size();) {
    const size_t end = scan_gpt2(piece, at);
    out.push_back(piece.substr(at, end - at));
    at = end;
  }
}

}  // namespace tessera
