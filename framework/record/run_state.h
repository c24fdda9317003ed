// What a run knows beside its tensors, saved in every checkpoint as run.json: how far it is, and on
// what it ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/evaluation.h"

namespace tessera {

/// Largest train.stop_after_nonfinite, and so the most updates that were skipped in a row: each is
/// remembered one by one.
inline constexpr int64_t kMostSkippedInARow = int64_t{1} << 20;

using Environment = std::vector<std::pair<std::string, std::string>>;  // {"isa", "amx"}, …

/// The place from which a run was started.
struct Origin {
  std::string config_file;     // as seen from the working folder; empty: not known
  std::string working_folder;  // absolute; empty: not known

  /// The origin of a process in its present working folder; `config_file` may be empty.
  static Origin of(const std::string& config_file);
};

/// The evaluation that evaluate.metric likes best.
struct BestEvaluation {
  int64_t step = 0;
  std::string metric;
  double value = 0;
  bool kept = false;  // its checkpoint is never deleted
};

struct RunState {
  int64_t step = 0;  // updates made or skipped
  /// Samples that these updates read: where the data goes on, whatever the batch size is then.
  int64_t samples = 0;
  int64_t tokens = 0;  // tokens in these samples
  int64_t skipped = 0;
  int64_t skipped_in_a_row = 0;  // the last ones, up to `step`
  double seconds = 0;            // spent by all processes of this run
  bool evaluated = false;        // the evaluation after `step`, if one was due, is done
  std::optional<Evaluation> first_evaluation, last_evaluation;
  std::optional<BestEvaluation> best;  // of those after a step, where the config asks for it
  int64_t since_best = 0;              // evaluations after the best one
  Environment environment;
  Origin origin;     // the newest process's
  std::string data;  // TokenShards::identity of what is trained on; empty: not known
  /// Lines up to `step` that found no room on their disk.
  std::vector<std::string> unwritten_metrics;
};

std::string to_json(const RunState& state);
/// RunState::best of a text, which may lack all else.
std::optional<BestEvaluation> best_evaluation(const std::string& text, const std::string& what);
/// The RunState of a text; throws UserError beginning with `what` when the text does not hold one,
/// or a number in it is out of range. Texts of earlier versions lack the samples: they are then
/// those of updates of `sequences` each.
RunState parse_run_state(const std::string& text, const std::string& what, int64_t sequences = 0);

}  // namespace tessera
