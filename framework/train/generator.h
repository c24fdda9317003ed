// Generator continues texts with a trained model that can generate: it runs the graphs of
// generation over one Session. A prompt is read into caches of its own and put into a row; then
// each call of `decode` adds a token to every row. Which tokens these are is decided elsewhere
// (completion.h, beam_search.h).
#pragma once

#include <span>
#include <vector>

#include "framework/assembly/generation_size.h"
#include "framework/checkpoint/tensor_source.h"
#include "framework/config/config.h"
#include "framework/runtime/session.h"
#include "framework/train/replica.h"
#include "models/model.h"

namespace tessera {

class Generator {
 public:
  /// The config's model is found in `models`; on a mesh the config is that of one replica
  /// (of_replica), all ranks of which make a generator and call it alike. `size.window` is set here, from the config, and
  /// `size.positions` is cut to the context. Throws UserError when the model generates no text, when
  /// the longest prompt does not fit into the context, or when it all does not fit into memory.
  Generator(const Models& models, const Config& config, int64_t vocab,
            const std::shared_ptr<Device>& device, GenerationSize size, Replica replica = {});

  void load(TensorSource& source);
  /// The session, with the memory of parameters and states: for tests and for weights that are in
  /// memory already.
  Session& session() { return session_; }

  const GenerationSize& size() const { return size_; }
  const Replica& replica() const { return replica_; }
  int64_t context() const { return config_.model.context; }

  /// Reads a prompt of at least one token and returns the logits of the token after it, good until
  /// the next call.
  HostValues<float> read(std::span<const int32_t> prompt);
  /// Puts the prompt that was read last into a row.
  void place(int64_t row);
  /// Adds tokens[r], which stands at positions[r] of its text, to row r, and returns the logits of
  /// the next ones (rows × vocab), good until the next call. A row without a text takes any token
  /// at position 0.
  HostValues<float> decode(std::span<const int32_t> tokens, std::span<const int32_t> positions);
  /// Row r becomes what row rows[r] was; the generator must have been made for it.
  void reorder(std::span<const int32_t> rows);

 private:
  const Config config_;
  const GenerationSize size_;
  const int64_t ids_;  // that the model knows
  const Replica replica_;
  Session session_;
  int64_t read_ = 0;   // tokens of the prompt that was read last
  int64_t first_ = 0;  // position of the first place of the prompt's caches
};

}  // namespace tessera
