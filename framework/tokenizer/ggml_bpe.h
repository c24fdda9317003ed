// BPE of a tokenizer.json, or of vocab.json and merges.txt, as GGUF files hold it.
#pragma once

#include <string>

#include "framework/tokenizer/ggml_vocabulary.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

/// Throws UserError, which begins with `where`, naming what of the tokenizer GGUF has no name for.
GgmlVocabulary ggml_bpe(const Tokenizer& tokenizer, const Pipeline& pipeline,
                        const std::string& where);

/// The scores under which the highest-scored neighbours join in the order of `merges`: the less the
/// later. It stands in `out` by token. Throws UserError where none do: SentencePiece joins whatever
/// makes a token, so that every pair of tokens must be a merge, and those of one token must follow
/// one another.
void score_by_merges(GgmlVocabulary& out, const Vocabulary& vocabulary, const Bpe::Merges& merges,
                     const std::string& where);

}  // namespace tessera
