// The tokens to train on and those held out. Whole documents are held out where there are enough of
// them to honour the fraction; else the tail of every document is. The choice depends on the text
// and the fraction alone, never on the run's seed: what one run has trained on, no other run of the
// same data validates on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/data/token_shards.h"

namespace tessera {

/// A subset of the tokens in their order: a sequence of positions cut into pieces, each (part of)
/// one document.
class TokenPart {
 public:
  struct Piece {
    uint64_t document = 0;
    uint64_t begin = 0, end = 0;  // positions in this part
    uint64_t first_token = 0;     // the token at `begin`, counted in the shards
    bool starts_document = false;
    bool ends_document = false;
  };

  explicit TokenPart(std::shared_ptr<const TokenShards> shards) : shards_(std::move(shards)) {}
  /// Adds tokens [begin, end) of `document`, which must come after all added before.
  void add(uint64_t document, uint64_t begin, uint64_t end);

  const TokenShards& shards() const { return *shards_; }
  const Tokenizer& tokenizer() const { return shards_->tokenizer(); }
  const DocumentMarks& marks() const { return shards_->marks(); }
  uint64_t token_count() const { return token_count_; }
  uint64_t piece_count() const { return piece_count_; }
  Piece piece(uint64_t index) const;
  Piece piece_at(uint64_t position) const;
  /// Copies the tokens from `position` on; they may span pieces.
  void read(uint64_t position, std::span<int32_t> ids) const;

 private:
  struct Span {                   // neighbouring pieces
    uint64_t begin = 0, end = 0;  // tokens in the shards
    uint64_t position = 0;
    uint64_t first_document = 0;
    uint64_t first_piece = 0;
  };
  const Span& span_at(uint64_t position) const;
  Piece piece_of(const Span& span, uint64_t document) const;

  std::shared_ptr<const TokenShards> shards_;
  std::vector<Span> spans_;
  uint64_t token_count_ = 0;
  uint64_t piece_count_ = 0;
};

struct TokenSplit {
  TokenPart train;
  TokenPart validation;  // empty when the fraction is 0
};

/// Throws UserError when `fraction` is not in [0, 1) or leaves one side without a token.
TokenSplit split_tokens(const std::shared_ptr<const TokenShards>& shards, double fraction);

}  // namespace tessera
