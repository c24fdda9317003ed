#include "framework/tokenizer/sentence_piece.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Algorithm = SentencePieceFile::Algorithm;
using Kind = SentencePieceFile::Kind;

std::vector<std::string_view> user_defined_pieces(const SentencePieceFile& file) {
  std::vector<std::string_view> texts;
  for (const SentencePieceFile::Piece& piece : file.pieces)
    if (piece.kind == Kind::user_defined) texts.push_back(piece.text);
  return texts;
}

}  // namespace

SentencePiece::SentencePiece(std::string_view model_bytes, const std::string& what)
    : SentencePiece(SentencePieceFile::read(model_bytes, what), what) {}

SentencePiece::SentencePiece(const SentencePieceFile& file, const std::string& what)
    : algorithm_(file.algorithm),
      vocabulary_(file, what),
      normalizer_(file.normalizer, user_defined_pieces(file), what),
      unknown_surface_(file.unknown_surface) {
  if (!file.denormalizer.charsmap.empty())
    denormalizer_.emplace(file.denormalizer, std::vector<std::string_view>{}, what);
  if (algorithm_ == Algorithm::bpe) bpe_.emplace(vocabulary_);
  if (algorithm_ == Algorithm::unigram) unigram_.emplace(vocabulary_, what);
  name_special_pieces(file);
}

void SentencePiece::name_special_pieces(const SentencePieceFile& file) {
  std::vector<std::pair<std::string_view, int32_t>> controls;
  for (int32_t id = 0; id < vocabulary_.size(); ++id)
    if (vocabulary_.kind(id) == Kind::control) controls.emplace_back(vocabulary_.token(id), id);
  controls_ = DoubleArray(controls);
  const auto first_of = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      if (const int32_t id = controls_.find(name); id >= 0) return id;
    return SpecialTokens::kNone;
  };
  begin_id_ = controls_.find(file.begin_piece);
  end_id_ = controls_.find(file.end_piece);
  special_ = {.end_of_document = end_id_ >= 0 ? end_id_ : begin_id_,
              .pad = controls_.find(file.pad_piece),
              .cls = first_of({"[CLS]", "<cls>"}),
              .sep = first_of({"[SEP]", "<sep>"}),
              .mask = first_of({"[MASK]", "<mask>"}),
              .unknown = vocabulary_.unknown(),
              .begin_of_text = begin_id_,
              .end_of_text = end_id_};
}

std::string_view SentencePiece::token(int32_t id) const {
  return id < 0 || id >= vocabulary_.size() ? std::string_view() : vocabulary_.token(id);
}

bool SentencePiece::is_special(int32_t id) const {
  return id >= 0 && id < vocabulary_.size() &&
         (vocabulary_.kind(id) == Kind::control || vocabulary_.kind(id) == Kind::unknown);
}

}  // namespace tessera
