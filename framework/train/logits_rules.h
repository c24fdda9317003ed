// Rules that change the scores of the next token by the tokens before it, in the order in which
// transformers applies them: repetition penalty, frequency and presence penalty, no repeated
// n-grams, least length.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

struct LogitsRules {
  /// r > 0: the score x of a token that the text holds, prompt included, becomes x / r if x > 0 and
  /// x · r otherwise (Keskar et al. 2019, 1909.05858; transformers' repetition_penalty).
  double repetition = 1;
  /// x becomes x - frequency · n - presence · [n > 0], n being how often the token was made since
  /// the prompt (as OpenAI and vLLM define them).
  double frequency = 0, presence = 0;
  /// n > 0: no n tokens in a row appear twice in the text, prompt included (Paulus et al. 2017,
  /// 1705.04304; transformers' no_repeat_ngram_size).
  int64_t no_repeat_ngram = 0;
  /// No end is made before so many tokens are (transformers' min_new_tokens).
  int64_t least = 0;

  bool changes_scores() const {
    return repetition != 1 || frequency != 0 || presence != 0 || no_repeat_ngram > 0 || least > 0;
  }
};

/// Changes `scores` by the rules. `text` is the prompt of `prompt` tokens and what was made after
/// it; `ends` are the tokens that end a text. Ids beyond the scores are passed over.
void apply(const LogitsRules& rules, std::span<const int32_t> text, size_t prompt,
           std::span<const int32_t> ends, std::span<float> scores);

}  // namespace tessera
