// TextReader runs a trained model over many texts of unequal lengths, and learns nothing: it puts
// texts of about one length into a graph at a time, so that little is padding. What it asks of a
// text, its score or the vectors of its tokens, is its kind.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "framework/assembly/reading_size.h"
#include "framework/checkpoint/tensor_source.h"
#include "framework/config/config.h"
#include "framework/runtime/session.h"
#include "framework/train/replica.h"
#include "models/model.h"

namespace tessera {

class TextReader {
 public:
  /// For texts of these lengths, none of which is above the context. On a mesh the config is that of
  /// one replica (of_replica), all ranks of which make a reader and call it alike. Throws UserError
  /// when the model has no such graph, or when it all does not fit into memory.
  TextReader(const Models& models, const Config& config, int64_t vocab,
             const std::shared_ptr<Device>& device, ReadingKind kind,
             std::span<const int64_t> lengths, Replica replica = {});

  void load(TensorSource& source);
  const Session& session() const { return session_; }

  /// A text to read: its tokens, and for scoring the labels (negative: none) that go with them.
  struct Text {
    std::span<const int32_t> tokens, labels = {};
  };
  /// What the graph gives for row `row` of a batch, as long as the padded length says.
  using Take = std::function<void(size_t text, std::span<const float> values)>;

  /// Reads all texts, the shortest first, and hands out for each the graph's values of its own
  /// tokens: a loss for each token, or a vector for each.
  void read(std::span<const Text> texts, const Take& take);

 private:
  void read_batch(const ReadingSize& size, std::span<const Text> texts,
                  std::span<const size_t> which, const Take& take);

  const ReadingKind kind_;
  const int64_t context_;
  const int64_t ids_;  // that the model knows
  const Replica replica_;
  std::vector<ReadingSize> sizes_;
  Session session_;
};

}  // namespace tessera
