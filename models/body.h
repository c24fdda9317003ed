// ModelBody: what lies below a model's own heads, for tasks, which put heads of their own on it.
#pragma once

#include <string>
#include <vector>

#include "models/layout.h"
#include "models/parameters.h"
#include "models/pieces.h"

namespace tessera {

struct BodyUse {
  int64_t vocab = 0;  // the tokenizer's, for model.vocab: auto
  int64_t batch = 0, length = 0;
  Value lengths;  // i32 (B): how many tokens each sequence has; padding follows them
};

struct ModelBody {
  /// Adds the input tokens_in and, with segments, segments_in, i32 (B, S), and gives the last
  /// layer's result (B, S, hidden).
  Value (*build)(Parameters&, const Config&, const BodyUse&, BlockContext) = nullptr;
  ModelLayout (*layout)(const Config&) = nullptr;
  /// Whether there is an input segments_in; may be not set: there is none.
  bool (*segments)(const Config&) = nullptr;
  bool causal = false;  // a token sees those before it, so that the last one has seen all
  /// Turns the vector of the first token, (B, hidden), as BERT's "pooler" does; may be not set: it
  /// stays as it is.
  Value (*pooler)(Parameters&, const Config&, Value first) = nullptr;
  /// The parameters of the model's own heads; `*` stands for any text.
  std::vector<std::string> heads;

  bool exists() const { return build != nullptr; }
};

}  // namespace tessera
