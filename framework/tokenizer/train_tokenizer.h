// Training of a tokenizer on texts, from the text itself to the files that tokenizers and
// transformers load. Each line of a text, with its end, is cut by itself, as tokenizers 0.23.3 reads
// the files it trains on, or a text is cut whole, as its train_from_iterator does; so a tokenizer of
// the same options has the very merges of the reference.
#pragma once

#include <cstddef>
#include <cstdint>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/word_counts.h"
#include "framework/tokenizer/write_hugging_face.h"

namespace tessera {

enum class TrainingModel { bpe, word_piece };

struct TokenizerTraining {
  TrainingModel model = TrainingModel::bpe;
  size_t vocabulary = 32000;
  uint64_t least_count = 0;  // pairs that occur less often are not merged
  TokenizerShape shape{};
  size_t alphabet = 0;  // WordPiece: the most characters that have tokens; 0: all
};

/// Throws UserError when the parts do not go together.
void require_trainable(const TokenizerTraining& training);

/// Counts the words of `texts`; parts that are cut by lines must end where lines or documents do.
/// Invalid bytes count as U+FFFD. Throws what `texts` throws.
WordCounts count_training_words(const TextSource& texts, const TokenizerTraining& training,
                                const WordCountOptions& options = {});

/// Throws UserError when there are no words, or the vocabulary is too small for the specials and the
/// alphabet.
TokenizerFiles train_tokenizer(WordCounts words, const TokenizerTraining& training);

}  // namespace tessera
