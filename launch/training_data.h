// What a run trains on: token shards, or for a task the examples of a file, read with the tokenizer
// of the model that it begins with.
#pragma once

#include "framework/train/model_learner.h"

namespace tessera {

/// The config with what its data decides: the labels of a task.
Config with_data(Config config);

/// Opens it. Examples are read with `tokenizer`, or without one with that of the run itself.
LearnerData training_data(const Config& config,
                          std::shared_ptr<const Tokenizer> tokenizer = nullptr);

}  // namespace tessera
