// SentencePieceFile is what a SentencePiece ".model" file says: a message ModelProto in the wire
// format of protocol buffers (sentencepiece_model.proto of sentencepiece 0.2.3). Fields that only
// training reads are passed over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct SentencePieceFile {
  enum class Algorithm { unigram = 1, bpe = 2, word = 3, character = 4 };
  enum class Kind { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

  struct Piece {
    std::string text;
    float score = 0;
    Kind kind = Kind::normal;

    bool can_be_text() const {
      return kind == Kind::normal || kind == Kind::user_defined || kind == Kind::unused;
    }
  };
  struct Rules {  // of a normalizer
    std::string charsmap;
    bool adds_space = true;          // one before the text
    bool removes_spaces = true;      // at the ends, and all but one in a row
    bool escapes_spaces = true;      // writes them as U+2581
    bool spaces_end_pieces = false;  // "hello_" and not "_hello": the added space comes last
  };

  /// Throws UserError, which begins with `what`, when the bytes are no such message.
  static SentencePieceFile read(std::string_view bytes, const std::string& what);

  std::vector<Piece> pieces;
  Algorithm algorithm = Algorithm::unigram;
  bool byte_fallback = false;
  std::string unknown_piece = "<unk>", begin_piece = "<s>", end_piece = "</s>", pad_piece = "<pad>";
  std::string unknown_surface = " ⁇ ";  // what an unknown piece is decoded to
  Rules normalizer, denormalizer;
};

}  // namespace tessera
