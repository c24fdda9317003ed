// Completions of prompts by a Generator: as many texts side by side as it has rows, each continued
// until it ends; a row that is free takes the next prompt. A text depends on the seed and its prompt
// alone, not on the texts beside it or on their order.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "framework/train/beam_search.h"
#include "framework/train/generator.h"
#include "framework/train/logits_rules.h"
#include "framework/train/sampling.h"

namespace tessera {

struct CompletionOptions {
  Sampling sampling;
  LogitsRules rules;
  BeamOptions beams;  // more than one beam: beam search instead of draws
  int64_t most = 256;
  /// Ids below this are made: the tokenizer's; a padded vocabulary has more.
  int64_t usable = 0;
  std::vector<int32_t> ends;  // tokens that end a text
  /// The log-probabilities of the made tokens are given, and of this many likeliest ones; -1: none.
  int64_t logprobs = -1;
};

struct Completion {
  enum class End { token, stop, length, context };
  struct Likelihood {
    double logprob = 0;  // by the model, before rules and temperature
    std::vector<std::pair<int32_t, double>> likeliest;  // ids and theirs
  };

  std::vector<int32_t> ids;  // what was made, with the token that ends it
  std::vector<Likelihood> likelihoods;
  End end = End::length;
  double score = 0;  // of beam search
};

/// "end", "stop", "length" or "context".
std::string_view to_string(Completion::End end);

/// What is asked and told while texts are made. The number is that of the prompt.
struct CompletionEvents {
  /// A token was made, in a text with one beam; returns whether the text goes on.
  std::function<bool(size_t, int32_t)> made = {};
  /// Of beam search: whether a text ends with its last token, by what it says.
  std::function<bool(size_t, std::span<const int32_t>)> stops = {};
  std::function<void(size_t, Completion)> done = {};
  /// Of complete_shared: a text has ended, told after `done` on every rank of its replica.
  std::function<void(size_t)> ended = {};
};

/// Completes all prompts; each has one token at least and is no longer than the generator takes.
void complete(Generator& generator, std::span<const std::vector<int32_t>> prompts,
              const CompletionOptions& options, const CompletionEvents& events);

}  // namespace tessera
