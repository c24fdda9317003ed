// BeamSearch keeps the likeliest continuations of one prompt side by side, and gives those that
// ended with the best scores: the sum of the log-probabilities of their tokens, divided by
// (number of tokens) ^ length_penalty. Which continuations go on, which count as ended and when the
// search stops is as in transformers' _beam_search (5.24), without draws.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "framework/core/choice.h"

namespace tessera {

struct BeamOptions {
  /// When to stop: `yes`: as soon as there are as many ended texts as beams; `no`: when the best
  /// running text would, ended now, not beat the worst ended one; `never`: when it could not even
  /// with the greatest length (which matters for a positive length penalty).
  enum class Early { no, yes, never };

  int64_t beams = 1;
  double length_penalty = 1;
  Early early = Early::no;
};

class BeamSearch {
 public:
  struct Text {
    std::vector<int32_t> ids;  // behind the prompt
    float score = kNothing;
    bool ended = false;
  };
  /// Whether a text, which has one token at least, ends with its last token.
  using Ends = std::function<bool(std::span<const int32_t> ids)>;

  /// `most` is the greatest length; `end_tokens` is how many tokens end a text.
  BeamSearch(const BeamOptions& options, int64_t most, size_t end_tokens, Ends ends);

  /// Takes the scores of the next token (beams × vocab: log-probabilities, perhaps changed by
  /// rules) of the running texts and makes each of these longer by one. Returns whether the search
  /// goes on.
  bool step(std::span<const float> scores);

  /// The running texts, which the next step continues.
  const std::vector<Text>& running() const { return running_; }
  /// Which of the texts before the last step each of them continues.
  const std::vector<int32_t>& parents() const { return parents_; }
  /// The ended texts, the best one first.
  const std::vector<Text>& ended() const { return ended_; }

 private:
  static constexpr float kNothing = -1e9F;

  struct Continuation {
    int32_t parent, token;
    float score;
    bool ends;
  };

  std::vector<Continuation> best_continuations(std::span<const float> scores) const;
  Text text_of(const Continuation& continuation) const;
  void run_on(const std::vector<Continuation>& best);
  void collect_ended(const std::vector<Continuation>& best);
  /// Whether a running text could still beat an ended one.
  bool may_improve() const;

  const BeamOptions options_;
  const int64_t most_;
  const size_t kept_;  // continuations that are looked at in a step
  const Ends ends_;
  int64_t length_ = 0;
  bool improves_ = true;
  std::vector<Text> running_, ended_;
  std::vector<int32_t> parents_;
};

}  // namespace tessera
