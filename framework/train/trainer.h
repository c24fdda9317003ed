// The training loop: goes on from the latest good checkpoint, steps, logs, evaluates, saves, and
// ends well when it is asked to stop. All it does is a function of (config, checkpoint), never of
// when it was interrupted: a run that was stopped or killed and started again leaves the same
// losses and the same checkpoint as one that was not.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_verdicts.h"
#include "framework/checkpoint/tensor_source.h"
#include "framework/comm/communicator.h"
#include "framework/config/config.h"
#include "framework/core/error.h"
#include "framework/record/metrics.h"
#include "framework/record/progress.h"
#include "framework/record/run_folder.h"
#include "framework/record/run_state.h"
#include "framework/record/tensorboard.h"
#include "framework/train/learner.h"
#include "framework/train/nonfinite.h"

namespace tessera {

struct TrainerOptions {
  std::string command = "the same command";  // what to type to go on
  double peak_gflops = 0;                    // for the utilisation; 0: not known, not shown
  std::string peak_source;                   // "measured bf16 matmul"
  Environment environment;                   // a change is told on resume
  std::map<std::string, std::string> files;  // that go with every checkpoint: the tokenizer's
  std::string data;                          // TokenShards::identity; another is refused on resume
  Origin origin;  // from where the run is started; without a config file: that of the checkpoint
  bool named_after_file = false;  // the file's name gives log.folder; another file's run is refused
  int64_t vocab = 0;  // the tokenizer's: what model.vocab: auto stands for; 0: not known
  /// Opens what init.from names, where that is no checkpoint of Tessera, and adds to `files`.
  std::function<std::unique_ptr<TensorSource>(std::map<std::string, std::string>& files,
                                              std::vector<std::string>& report)>
      start = {};
  World* world = nullptr;  // of several ranks each has a trainer; the first writes and speaks
};

struct TrainingSummary {
  int64_t first_step = 0;  // where this process began
  int stop_signal = 0;     // what ended it early; 0: all steps and the last evaluation are done
  bool evaluation_only = false;  // all that was left to do was the last evaluation
  double tokens_per_s = 0;
  RunState state;
  std::filesystem::path checkpoint;
};

class Trainer {
 public:
  Trainer(const Config& config, Learner& learner, ProgressDisplay& progress,
          TrainerOptions options);

  /// Trains to the end, or until a signal asks to stop; either way all is saved. Throws UserError
  /// when the run cannot go on.
  TrainingSummary run();

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  /// Starts a run with init.from that has no checkpoint of its own yet.
  void begin_from_another(std::vector<std::string>& report);
  void train();
  void one_step();
  void note_skipped(const StepResult& result);
  [[noreturn]] void stop_for_nonfinite();
  void evaluate();
  /// Notes whether an evaluation is the best one so far.
  void judge(const Evaluation& evaluation);
  bool judges() const;
  bool out_of_patience() const;
  void save();
  /// Takes over the folder `origin` of a checkpoint, for those that are written.
  void keep_origin(const std::filesystem::path& checkpoint);
  /// Makes anew what others have removed from the folder of the run, and says so.
  void keep_folder();
  /// Whether to end before the next step; all ranks of a world decide it together.
  bool stopping();
  bool leads() const { return !options_.world || options_.world->rank() == 0; }
  /// Metrics that cannot be written end the run, but cost no step: all is saved first, the metrics
  /// with it.
  void note_log_failure(const UserError& error);
  bool due(const Duration& every) const;
  bool wants_evaluation() const;
  bool finished() const {
    return (state_.step >= steps_ || out_of_patience()) && !wants_evaluation();
  }
  /// "loss 0.41 at step 200"; empty where none is noted.
  std::string best_text() const;
  double run_seconds() const;

  // What is written and shown is made in trainer_report.cpp.
  std::string header() const;
  ProgressState progress_state(const StepResult& result) const;
  void log_step(const StepResult& result);
  void log_evaluation(const Evaluation& evaluation, double seconds);
  void write_log(const MetricsLine& line);
  void say_end(const TrainingSummary& summary);
  std::string summary_json(const TrainingSummary& summary) const;
  double utilisation(double tokens_per_s) const;

  const Config& config_;
  Learner& learner_;
  ProgressDisplay& progress_;
  TrainerOptions options_;
  int64_t steps_;                    // updates of the whole run
  std::optional<RunFolder> folder_;  // only on the rank that writes
  std::optional<Metrics> metrics_;
  std::optional<TensorBoard> tensorboard_;
  RunState state_;
  int64_t first_step_ = 0;
  std::filesystem::path checkpoint_;      // the last one written or read
  CheckpointVerdicts verdicts_;           // on the checkpoints in the folder
  int64_t saved_step_ = -1;               // the step of checkpoint_
  bool saved_evaluated_ = false;          // whether checkpoint_ holds the evaluation after its step
  bool save_is_due_ = false;              // put off while updates are being skipped
  std::string log_failure_;               // why metrics could not be written; empty: they could
  std::string loss_of_record_;            // the part of the record that is lost; empty: none
  bool idle_ = false;                     // nothing was left to do when it began
  std::vector<NonfiniteStep> nonfinite_;  // skipped in a row, up to now
  Clock::time_point begin_;
  double seconds_before_ = 0;    // spent by earlier processes
  double stepping_seconds_ = 0;  // spent by this process in steps
  double interval_seconds_ = 0;  // spent in steps since the last line of metrics
  int64_t interval_steps_ = 0;
  double smoothed_seconds_ = 0;  // seconds of a step, for the progress line
  int stopped_by_ = 0;           // the signal that all ranks agreed to stop for
};

}  // namespace tessera
