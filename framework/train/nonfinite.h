// What is left on the disk when a run stops because loss or gradient were not finite: which
// updates, which samples they read, the config, and the checkpoint to go on from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/train/learner.h"

namespace tessera {

struct NonfiniteStep {
  int64_t step = 0;  // as in the metrics: 1 for update 0
  double loss = 0, grad_norm = 0;
  int64_t first_sample = 0, sequences = 0;  // the samples that it read
};

/// The text of nonfinite-step-N.json; `steps` are the skipped steps in a row, `checkpoint` may be
/// empty.
std::string nonfinite_json(const std::vector<NonfiniteStep>& steps, const Config& config,
                           const std::filesystem::path& checkpoint, Learner& learner);

/// What to try, for the error's message.
std::string nonfinite_advice(const Config& config);

}  // namespace tessera
