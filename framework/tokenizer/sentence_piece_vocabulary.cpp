#include "framework/tokenizer/sentence_piece_vocabulary.h"

#include <xxhash.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr std::string_view kMark = "▁";
const std::string kNull(1, '\0');

/// The value of "<0x41>", or -1.
int byte_of(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>') return -1;
  int value = 0;
  for (const char digit : piece.substr(3, 2)) {
    const size_t place = std::string_view("0123456789ABCDEF").find(digit);
    if (place == std::string_view::npos) return -1;
    value = value * 16 + static_cast<int>(place);
  }
  return value;
}

/// A piece with spaces for marks; empty if it has spaces of its own, which no normalized text has.
std::string with_spaces(std::string_view piece) {
  std::string text;
  if (piece.find(' ') != piece.npos) return text;
  for (size_t mark = piece.find(kMark); mark != piece.npos; mark = piece.find(kMark)) {
    text.append(piece.substr(0, mark)) += ' ';
    piece.remove_prefix(mark + kMark.size());
  }
  return text.append(piece);
}

}  // namespace

SentencePieceVocabulary::SentencePieceVocabulary(const SentencePieceFile& file,
                                                 const std::string& what)
    : pieces_(file.pieces),
      normal_(file.pieces.size()),
      byte_fallback_(file.byte_fallback),
      escapes_spaces_(file.normalizer.escapes_spaces) {
  const bool bpe = file.algorithm == SentencePieceFile::Algorithm::bpe;
  byte_ids_.fill(-1);
  for (int32_t id = 0; id < size(); ++id) add_piece(id, what);
  check_duplicates(bpe, what);
  require(unknown_ >= 0 || byte_fallback_,
          "{}: no piece is the unknown one, and byte fallback is off", what);
  require(!byte_fallback_ || std::find(byte_ids_.begin(), byte_ids_.end(), -1) == byte_ids_.end(),
          "{}: byte fallback is on, but there is no piece for byte {}", what,
          std::find(byte_ids_.begin(), byte_ids_.end(), -1) - byte_ids_.begin());

  std::vector<std::pair<std::string_view, int32_t>> all, user_defined;
  for (int32_t id = 0; id < size(); ++id) {
    if (normal(id).empty() || (kind(id) == Kind::unused && !bpe)) continue;
    all.emplace_back(normal(id), id);
    if (kind(id) != Kind::user_defined) continue;
    user_defined.emplace_back(normal(id), id);
    begins_user_defined_[static_cast<unsigned char>(normal(id)[0])] = true;
  }
  require(!all.empty() || file.algorithm != SentencePieceFile::Algorithm::unigram,
          "{}: no piece can stand in a text", what);
  trie_ = DoubleArray(std::move(all));
  user_defined_ = DoubleArray(std::move(user_defined));
}

void SentencePieceVocabulary::add_piece(int32_t id, const std::string& what) {
  SentencePieceFile::Piece& piece = pieces_[static_cast<size_t>(id)];
  // Some converters write a zero byte as a piece of its own; sentencepiece passes over it.
  if (piece.text == kNull && byte_fallback_) piece.kind = Kind::unused;
  if (piece.text == kNull && piece.kind == Kind::unused) return;
  require(piece.text.find('\0') == std::string::npos, "{}: piece {} holds a zero byte", what, id);
  if (piece.kind == Kind::unknown) {
    require(unknown_ < 0, "{}: pieces {} and {} are both the unknown one", what, unknown_, id);
    unknown_ = id;
  }
  if (piece.kind == Kind::byte) {
    require(byte_fallback_, "{}: piece {} ('{}') is a byte, but byte fallback is off", what, id,
            piece.text);
    const int value = byte_of(piece.text);
    require(value >= 0, "{}: piece {} ('{}') is to be a byte; those are <0x00> to <0xFF>", what, id,
            piece.text);
    byte_ids_[static_cast<size_t>(value)] = id;
  }
  if (piece.can_be_text())
    normal_[static_cast<size_t>(id)] = escapes_spaces_ ? with_spaces(piece.text) : piece.text;
}

/// A spelling may be taken once by a piece of text and once by one that is none; in a BPE model only
/// once.
void SentencePieceVocabulary::check_duplicates(bool all_together, const std::string& what) const {
  struct Spelling {
    uint64_t hash;
    bool is_text;
    int32_t id;
    bool operator<(const Spelling& other) const {
      return std::tie(hash, is_text, id) < std::tie(other.hash, other.is_text, other.id);
    }
  };
  std::vector<Spelling> spellings;
  for (int32_t id = 0; id < size(); ++id)
    if (token(id) != kNull)
      spellings.push_back({XXH3_64bits(token(id).data(), token(id).size()),
                           all_together || pieces_[static_cast<size_t>(id)].can_be_text(), id});
  std::sort(spellings.begin(), spellings.end());
  for (size_t i = 1; i < spellings.size(); ++i) {
    const Spelling &first = spellings[i - 1], &second = spellings[i];
    require(first.hash != second.hash || first.is_text != second.is_text ||
                token(first.id) != token(second.id),
            "{}: pieces {} and {} are both '{}'", what, first.id, second.id, token(first.id));
  }
}

int SentencePieceVocabulary::byte(int32_t id) const {
  return kind(id) == Kind::byte ? byte_of(token(id)) : -1;
}

int32_t SentencePieceVocabulary::control(std::string_view text) const {
  for (int32_t id = 0; id < size(); ++id)
    if (kind(id) == Kind::control && token(id) == text) return id;
  return -1;
}

void SentencePieceVocabulary::append_unknown(std::string_view part, size_t first,
                                             std::vector<int32_t>& ids) const {
  if (!byte_fallback_) {
    if (ids.size() == first || ids.back() != unknown_) ids.push_back(unknown_);
    return;
  }
  const auto append = [&](std::string_view bytes) {
    for (const char byte : bytes) ids.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
  };
  for (size_t i = 0; i < part.size(); ++i)
    append(part[i] == ' ' && escapes_spaces_ ? kMark : part.substr(i, 1));
}

}  // namespace tessera
