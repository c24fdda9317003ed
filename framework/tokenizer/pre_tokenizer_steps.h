// The steps of PreTokenizer, each for one piece that is not empty. They append to `out`, which shares
// the memory of the piece or of what `pieces` keeps. `begins` says that the piece begins the text.
#pragma once

#include <string_view>
#include <vector>

#include "framework/tokenizer/pre_tokenizer.h"

namespace tessera {

using PieceList = std::vector<std::string_view>;

void cut_piece(const SplitStep& step, std::string_view piece, PieceList& out);
void cut_piece(const DigitsStep& step, std::string_view piece, PieceList& out);
void cut_piece(const PunctuationStep& step, std::string_view piece, PieceList& out);
void cut_piece(const WhitespaceStep& step, std::string_view piece, PieceList& out);
void cut_piece(const WhitespaceSplitStep& step, std::string_view piece, PieceList& out);
void cut_piece(const BertStep& step, std::string_view piece, PieceList& out);
void cut_piece(const CharDelimiterStep& step, std::string_view piece, PieceList& out);
void cut_piece(const UnicodeScriptsStep& step, std::string_view piece, PieceList& out);
void cut_piece(const FixedLengthStep& step, std::string_view piece, PieceList& out);
/// These two may put something before the piece.
void cut_piece(const ByteLevelStep& step, std::string_view piece, bool begins, Pieces& pieces,
               PieceList& out);
void cut_piece(const MetaspaceStep& step, std::string_view piece, bool begins, Pieces& pieces,
               PieceList& out);

}  // namespace tessera
