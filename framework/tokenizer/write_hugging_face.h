// Writes a trained tokenizer as the files that tokenizers and transformers load: tokenizer.json,
// tokenizer_config.json and, for WordPiece, vocab.txt. How texts are normalized and cut is chosen by
// name, and the same choice makes the parts that a tokenizer is trained with.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "framework/tokenizer/bpe_trainer.h"
#include "framework/tokenizer/files.h"

namespace tessera {

enum class TrainingNormalizer { none, nfc, bert_lower };
enum class TrainingPreTokenizer { gpt2, llama3, bert };

/// What the files say beside the model.
struct TokenizerShape {
  TrainingNormalizer normalizer = TrainingNormalizer::none;
  TrainingPreTokenizer pre_tokenizer = TrainingPreTokenizer::gpt2;
  std::vector<std::string> specials{};  // those that the model was trained with
  size_t most_tokens = 0;               // the longest input of the model it is for; 0: not said
};

/// Roles in tokenizer_config.json go by the usual names: [PAD] <pad> <|pad|>, [UNK] <unk>, [CLS] <s>,
/// [SEP] </s> <|endoftext|> and [MASK] <mask>, where they are among the specials.
TokenizerFiles hugging_face_files(const TrainedBpe& bpe, const TokenizerShape& shape);
/// `tokens` by id, with the continuing prefix "##". Throws UserError when "[UNK]" is missing, or the
/// pre-tokenizer is not `bert`.
TokenizerFiles hugging_face_files(const std::vector<std::string>& tokens,
                                  const TokenizerShape& shape);

}  // namespace tessera
