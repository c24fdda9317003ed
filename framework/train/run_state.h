// What a run knows beside its tensors, saved in every checkpoint as run.json: how far it is, and on what it ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/train/learner.h"

namespace tessera {

using Environment = std::vector<std::pair<std::string, std::string>>;  // {"isa", "amx"}, …

struct RunState {
  int64_t step = 0;    // updates made or skipped
  int64_t tokens = 0;  // read by them
  int64_t skipped = 0;
  int64_t skipped_in_a_row = 0;  // up to `step`
  double seconds = 0;            // of all processes of this run
  bool evaluated = false;        // the evaluation after `step`, if one was due, is done
  std::optional<Evaluation> first_evaluation, last_evaluation;
  Environment environment;
};

std::string to_json(const RunState& state);
/// UserError beginning with `what` when the text does not hold a RunState.
RunState parse_run_state(const std::string& text, const std::string& what);

}  // namespace tessera
