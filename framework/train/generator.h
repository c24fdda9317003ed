// Generator continues a text with a trained model that can generate. It has two graphs over one
// StateTable: "prefill" puts a block of the prompt into the key/value caches, "decode" adds one
// token; both share the parameters and the caches.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/config/config.h"
#include "framework/runtime/session.h"
#include "models/model.h"

namespace tessera {

struct Sampling {
  double temperature = 0.8;  // 0: always the likeliest
  int64_t top_k = 0;         // 0: all tokens
  double top_p = 1;          // the smallest set of tokens that holds this much probability
  uint64_t seed = 1;
};

class Generator {
 public:
  /// The config's model is found in `models`; throws UserError when it generates no text.
  Generator(const Models& models, const Config& config, int64_t vocab,
            const std::shared_ptr<Device>& device);

  void load(TensorSource& source);
  /// The session, with the memory of parameters and states: for tests and for weights that are in
  /// memory already.
  Session& session() { return session_; }

  /// Makes tokens after `prompt` (at least one token), until `most` are made, `next` returns false,
  /// or the context is full. Each token is drawn by (seed, its position), among the ids below
  /// `usable` (the tokenizer's; a padded vocabulary has more).
  std::vector<int32_t> run(std::span<const int32_t> prompt, int64_t most, const Sampling& sampling,
                           int64_t usable, const std::function<bool(int32_t)>& next = {});

 private:
  /// Logits of the next token, good until the session runs again.
  HostValues<float> prefill(std::span<const int32_t> prompt);
  HostValues<float> decode(int32_t token, int64_t position);
  /// Writes the numbers that both graphs take beside the tokens.
  void place(std::string_view graph, int32_t offset, int32_t last);

  const Config config_;
  Session session_;
};

/// Draws a token from logits: a pure function of (logits, sampling, position). Throws UserError
/// when a logit is not finite.
int32_t sample(std::span<const float> logits, const Sampling& sampling, int64_t position);

}  // namespace tessera
