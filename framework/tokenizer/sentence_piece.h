// SentencePiece is the tokenizer of a SentencePiece ".model" file, with the ids of sentencepiece
// 0.2.3 (Kudo and Richardson, "SentencePiece: A simple and language independent subword tokenizer
// and detokenizer for Neural Text Processing", EMNLP 2018). What is no UTF-8 becomes U+FFFD, one for
// each byte, as there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/encode_options.h"
#include "framework/tokenizer/sentence_piece_bpe.h"
#include "framework/tokenizer/sentence_piece_file.h"
#include "framework/tokenizer/sentence_piece_normalizer.h"
#include "framework/tokenizer/sentence_piece_unigram.h"
#include "framework/tokenizer/sentence_piece_vocabulary.h"
#include "framework/tokenizer/special_tokens.h"
#include "framework/tokenizer/word_cache.h"

namespace tessera {

class SentencePiece {
 public:
  /// From the bytes of a file. Throws UserError, which begins with `what`, when they are no model.
  explicit SentencePiece(std::string_view model_bytes, const std::string& what);

  /// Appends the ids of `text`. With options.specials, control pieces that the text spells out are
  /// those pieces, and the text between two of them is encoded as a text of its own.
  void encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
              std::vector<int32_t>& ids) const;
  /// The text of `ids`, in which control pieces stand for nothing. Bytes that byte pieces spell are
  /// kept, where the reference puts U+FFFD for those that are no UTF-8. Throws UserError for an id
  /// outside the vocabulary.
  std::string decode(std::span<const int32_t> ids) const;

  /// How many bytes of `text` may be encoded by themselves, whatever follows: see Tokenizer. It is 0
  /// for a Unigram model, whose sums of scores go on through a whole text.
  size_t safe_cut(std::string_view text) const;

  std::string_view token(int32_t id) const;
  int32_t vocab_size() const { return vocabulary_.size(); }
  SpecialTokens special() const { return special_; }
  /// Control pieces, and the unknown one.
  bool is_special(int32_t id) const;
  /// False: most models change spaces and characters, and none says that it does not.
  bool keeps_text() const { return false; }
  /// The ids that open and close a text for models that want them, or -1.
  int32_t begin_id() const { return begin_id_; }
  int32_t end_id() const { return end_id_; }
  SentencePieceFile::Algorithm algorithm() const { return algorithm_; }

 private:
  SentencePiece(const SentencePieceFile& file, const std::string& what);
  void name_special_pieces(const SentencePieceFile& file);

  void encode_text(std::string_view text, bool begins, WordCache& cache,
                   std::vector<int32_t>& ids) const;
  void encode_bpe(std::string_view text, WordCache& cache, std::vector<int32_t>& ids) const;
  void encode_words(std::string_view text, std::vector<int32_t>& ids) const;
  void encode_characters(std::string_view text, std::vector<int32_t>& ids) const;
  void append_piece(std::string_view piece, size_t first, std::vector<int32_t>& ids) const;

  SentencePieceFile::Algorithm algorithm_;
  SentencePieceVocabulary vocabulary_;
  SentencePieceNormalizer normalizer_;
  std::optional<SentencePieceNormalizer> denormalizer_;
  std::optional<SentencePieceBpe> bpe_;
  std::optional<SentencePieceUnigram> unigram_;
  DoubleArray controls_;
  std::string unknown_surface_;
  SpecialTokens special_;
  int32_t begin_id_ = -1, end_id_ = -1;
};

}  // namespace tessera
