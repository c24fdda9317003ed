#include "framework/tokenizer/sentence_piece_file.h"

#include "framework/core/error.h"
#include "framework/tokenizer/utf8.h"
#include "framework/tokenizer/wire_reader.h"

namespace tessera {
namespace {

using File = SentencePieceFile;

constexpr size_t kLongestPiece = 8000;  // sentencepiece 0.2.3 takes shorter ones only
constexpr size_t kMostPieces = 4000000;

File::Piece read_piece(std::string_view bytes, size_t id, const std::string& what) {
  File::Piece piece;
  WireReader reader(bytes, what);
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        piece.text = reader.bytes();
        break;
      case 2:
        piece.score = reader.number();
        break;
      case 3: {
        const uint64_t kind = reader.integer();
        require(kind >= 1 && kind <= 6, "{}: piece {} has the type {}; the types 1 to 6 are known",
                what, id, kind);
        piece.kind = static_cast<File::Kind>(kind);
        break;
      }
      default:
        break;
    }
  }
  require(!piece.text.empty(), "{}: piece {} has no text", what, id);
  require(piece.text.size() < kLongestPiece, "{}: piece {} has {} bytes; at most {} are taken",
          what, id, piece.text.size(), kLongestPiece - 1);
  require(is_utf8(piece.text), "{}: piece {} is no UTF-8 text", what, id);
  return piece;
}

void read_training(std::string_view bytes, File& file, const std::string& what) {
  WireReader reader(bytes, what);
  while (reader.next()) {
    switch (reader.field()) {
      case 3: {
        const uint64_t algorithm = reader.integer();
        require(algorithm >= 1 && algorithm <= 4,
                "{}: the model type is {}; 1 (unigram), 2 (bpe), 3 (word) and 4 (char) are known",
                what, algorithm);
        file.algorithm = static_cast<File::Algorithm>(algorithm);
        break;
      }
      case 24:
        file.normalizer.spaces_end_pieces = reader.flag();
        break;
      case 35:
        file.byte_fallback = reader.flag();
        break;
      case 44:
        file.unknown_surface = reader.bytes();
        break;
      case 45:
        file.unknown_piece = reader.bytes();
        break;
      case 46:
        file.begin_piece = reader.bytes();
        break;
      case 47:
        file.end_piece = reader.bytes();
        break;
      case 48:
        file.pad_piece = reader.bytes();
        break;
      default:
        break;
    }
  }
}

void read_rules(std::string_view bytes, File::Rules& rules, const std::string& what) {
  WireReader reader(bytes, what);
  while (reader.next()) {
    switch (reader.field()) {
      case 2:
        rules.charsmap = reader.bytes();
        break;
      case 3:
        rules.adds_space = reader.flag();
        break;
      case 4:
        rules.removes_spaces = reader.flag();
        break;
      case 5:
        rules.escapes_spaces = reader.flag();
        break;
      default:
        break;
    }
  }
}

}  // namespace

File File::read(std::string_view bytes, const std::string& what) {
  File file;
  WireReader reader(bytes, what);
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        file.pieces.push_back(read_piece(reader.bytes(), file.pieces.size(), what));
        require(file.pieces.size() <= kMostPieces, "{}: more than {} pieces", what, kMostPieces);
        break;
      case 2:
        read_training(reader.bytes(), file, what);
        break;
      case 3:
        read_rules(reader.bytes(), file.normalizer, what);
        break;
      case 5:
        read_rules(reader.bytes(), file.denormalizer, what);
        break;
      default:
        break;
    }
  }
  require(!file.pieces.empty(),
          "{}: holds no pieces; it is no SentencePiece model, or an empty one", what);
  // An empty name stands for the usual one.
  const auto or_default = [](std::string& name, const char* usual) {
    if (name.empty()) name = usual;
  };
  or_default(file.unknown_piece, "<unk>");
  or_default(file.begin_piece, "<s>");
  or_default(file.end_piece, "</s>");
  or_default(file.pad_piece, "<pad>");
  return file;
}

}  // namespace tessera
