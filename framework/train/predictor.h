// Predictor tells the labels of texts with a trained classifier.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/data/examples.h"
#include "framework/runtime/session.h"
#include "framework/train/replica.h"
#include "models/model.h"

namespace tessera {

/// One text or two, as the config's task has.
struct TextsToTell {
  std::vector<std::string> texts;
  int32_t label = 0;  // the number of the true one, for the loss; any where there is none
};

/// What was told of one example.
struct ToldLabel {
  int32_t label = 0;                 // its number
  float loss = 0;                    // -ln p of the true label
  std::vector<float> probabilities;  // by label
};

class Predictor {
 public:
  /// The config's model is found in `models`; on a mesh the config is that of one replica
  /// (of_replica), all ranks of which make a predictor and call it alike. Throws UserError when the
  /// model tells no labels.
  Predictor(const Models& models, const Config& config,
            const std::shared_ptr<const Tokenizer>& tokenizer,
            const std::shared_ptr<Device>& device, Replica replica = {});

  void load(TensorSource& source);
  /// The session, with the memory of the parameters, for tests.
  Session& session() { return session_; }

  /// Texts that are told at a time.
  int64_t rows() const { return config_.micro_sequences(); }
  /// Tokens of the longest text.
  int64_t length() const { return form_.length(); }
  const Labels& labels() const { return config_.task.labels; }

  /// Tells at most rows() examples. Throws UserError when a probability is not finite.
  std::vector<ToldLabel> tell(std::span<const TextsToTell> examples);
  /// Texts so far that were cut to task.max_length.
  size_t cut() const { return cut_; }

 private:
  const Config config_;
  const bool segments_;
  const int32_t pad_;
  const int64_t ids_;  // that the model knows
  const ExampleForm form_;
  ExampleEncoder encoder_;
  const Replica replica_;
  Session session_;
  size_t cut_ = 0;
};

}  // namespace tessera
