// The data of a task that reads examples: which labels there are, and the batches.
#pragma once

#include <memory>

#include "framework/train/model_learner.h"

namespace tessera {

/// The config with the labels that the run's files of examples have, where it states none.
Config with_labels(Config config);

/// Where the examples of a config are, and what is read of them.
ExampleSource example_source(const Config& config);

/// Reads and encodes the examples. Throws UserError when the tokenizer has more ids than the model
/// has rows, and when the run evaluates and nothing is held out.
LearnerData open_examples(const Models& models, const Config& config,
                          std::shared_ptr<const Tokenizer> tokenizer);

/// An id for padding, which no token of a text sees.
int32_t padding_id(const Tokenizer& tokenizer);

}  // namespace tessera
