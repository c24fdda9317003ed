// The bytes of the SentencePiece ".model" that the tokenizer of a GGUF file came from.
#pragma once

#include <string>

#include "framework/tokenizer/gguf_vocabulary.h"
#include "framework/tokenizer/sentence_piece_file.h"

namespace tessera {

/// Throws UserError when scores are missing.
std::string gguf_sentence_piece(const GgufVocabulary& vocabulary,
                                SentencePieceFile::Algorithm algorithm);

}  // namespace tessera
