#include "framework/train/trainer.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/comm/agreement.h"
#include "framework/config/print.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/core/whole_file.h"
#include "framework/record/failure.h"
#include "framework/record/resume.h"
#include "framework/record/shared_folder.h"
#include "framework/record/start.h"
#include "framework/train/signals.h"

namespace tessera {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Trainer::Trainer(const Config& config, Learner& learner, ProgressDisplay& progress,
                 TrainerOptions options)
    : config_(config),
      learner_(learner),
      progress_(progress),
      options_(std::move(options)),
      steps_(config.train.steps.steps(config.tokens_per_step())),
      begin_(Clock::now()) {
  if (leads()) folder_.emplace(config);
}

TrainingSummary Trainer::run() {
  const StopSignals signals(leads());
  try {
    begin();
    const bool evaluation_only = state_.step >= steps_ && wants_evaluation();
    train();
    const auto tokens =
        static_cast<double>((state_.step - first_step_) * config_.tokens_per_step());
    const TrainingSummary summary{
        .first_step = first_step_,
        .stop_signal = finished() ? 0 : stopped_by_,
        .evaluation_only = evaluation_only,
        .tokens_per_s = stepping_seconds_ > 0 ? tokens / stepping_seconds_ : 0,
        .state = state_,
        .checkpoint = checkpoint_};
    progress_.close();
    if (leads()) {
      say_end(summary);
      if (idle_)
        folder_->save_missing("summary.json", summary_json(summary));
      else
        folder_->save("summary.json", summary_json(summary));
    }
    require(loss_of_record_.empty(), "{}. All else is saved as {}", loss_of_record_,
            checkpoint_.string());
    return summary;
  } catch (const std::exception& error) {
    progress_.close();
    std::string cause = explained(error);
    if (options_.world) {
      options_.world->give_up(cause);  // while the learner's buffers are there
      const auto verdict = options_.world->verdict();
      if (verdict && !dynamic_cast<const SharedError*>(&error)) cause = verdict->cause;
    }
    if (folder_) folder_->save_failure(cause);
    throw;
  }
}

void Trainer::begin() {
  std::vector<std::string> report;
  agreed_max(options_.world, 0);  // the leader has the folders: no other run changes them any more
  if (options_.world)
    require_shared(*options_.world, config_.checkpoint.folder, "checkpoint.folder");
  auto resumed = choose_checkpoint(config_, options_.environment, options_.data, options_.vocab,
                                   options_.world, report);
  if (resumed) {
    if (leads() && options_.named_after_file)
      require_same_config_file(*resumed, options_.origin, config_);
    state_ = resumed->state;
    if (state_.step >= steps_) require_unchanged(*resumed, steps_, wants_evaluation(), config_);
    learner_.load(*resumed->reader);
    resumed->reader.reset();
    verdicts_.note_good(resumed->checkpoint);
    checkpoint_ = resumed->checkpoint;
    keep_origin(checkpoint_);
    saved_step_ = state_.step;
    saved_evaluated_ = state_.evaluated;
    report.push_back(fmt::format("going on from {} at step {} of {}", checkpoint_.string(),
                                 state_.step, steps_));
  } else {
    state_.environment = options_.environment;
    state_.data = options_.data;
    if (!config_.init.from.empty()) begin_from_another(report);
    if (const std::string aside = leads() ? folder_->set_aside_metrics() : ""; !aside.empty())
      report.push_back(
          fmt::format("no checkpoint to go on from; the metrics found here are now {}", aside));
  }
  std::string config_file = state_.origin.config_file;  // the checkpoint's
  state_.origin = options_.origin;
  if (state_.origin.config_file.empty()) state_.origin.config_file = std::move(config_file);
  idle_ = finished();
  first_step_ = state_.step;
  seconds_before_ = state_.seconds;
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  for (int64_t n = state_.skipped_in_a_row; n > 0; --n)
    nonfinite_.push_back({state_.step - n + 1, kUnknown, kUnknown,
                          state_.samples - n * resumed->sequences, resumed->sequences});
  const std::string head = header();
  if (!leads()) return;
  metrics_.emplace(folder_->metrics(), state_.step, state_.evaluated, report);
  metrics_->restore(state_.unwritten_metrics);
  const std::string config = to_yaml(config_), header = effective_table(config_) + head;
  if (idle_) {  // the record is that of the run, not of this process
    folder_->save_missing("config.yaml", config);
    folder_->save_missing("header.txt", header);
  } else {
    if (config_.log.tensorboard) tensorboard_.emplace(folder_->path(), folder_->metrics());
    folder_->save("config.yaml", config);
    folder_->save("header.txt", header);
  }
  progress_.say(head);
  for (const std::string& line : report) progress_.say(line);
}

void Trainer::begin_from_another(std::vector<std::string>& report) {
  const bool kept = config_.init.optimizer == InitConfig::Optimizer::kept;
  std::unique_ptr<TensorSource> start;
  if (options_.start)
    start = options_.start(options_.files, report);
  else
    start = open_start(config_, options_.world, report);
  keep_origin(start->title());
  const std::vector<std::string> lines = learner_.begin_from(*start, kept);
  const auto known = start->metadata();
  const auto step = known.find("step");
  report.push_back(fmt::format("a new run, beginning with the weights{} of {}{}",
                               kept ? " and the optimizer" : "", start->title(),
                               step == known.end() ? "" : " (step " + step->second + ")"));
  report.insert(report.end(), lines.begin(), lines.end());
}

void Trainer::keep_origin(const std::filesystem::path& checkpoint) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(checkpoint / kOriginFolder, error))
    if (entry.is_regular_file(error))
      options_.files.emplace(fmt::format("{}/{}", kOriginFolder, entry.path().filename().string()),
                             whole_text(entry.path()));
}

void Trainer::train() {
  bool stop = stopping();
  if (wants_evaluation() && !stop) {
    evaluate();
    stop = stopping();  // no step is made before an evaluation that was stopped
  }
  if (save_is_due_) save();
  for (; state_.step < steps_ && !out_of_patience() && !stop; stop = stopping()) one_step();
  // An evaluation that an earlier process did not get to is saved with the step that it belongs to.
  if (saved_step_ != state_.step || saved_evaluated_ != state_.evaluated) save();
  require(log_failure_.empty(), "{}. Step {} is saved as {}{}", log_failure_, state_.step,
          checkpoint_.string(),
          nonfinite_.empty()
              ? ""
              : fmt::format(". The last {} updates were skipped, since loss or gradient were not "
                            "finite; the weights are those of step {}",
                            nonfinite_.size(), state_.step - std::ssize(nonfinite_)));
}

void Trainer::one_step() {
  const Clock::time_point begin = Clock::now();
  const StepResult result = learner_.update(state_.samples);
  const double seconds = seconds_since(begin);
  check(!result.applied || (std::isfinite(result.loss) && std::isfinite(result.grad_norm)),
        "update {} was applied with loss {} and gradient norm {}", state_.step, result.loss,
        result.grad_norm);
  ++state_.step;
  state_.samples += config_.batch.sequences;
  state_.tokens += config_.tokens_per_step();
  state_.evaluated = false;
  stepping_seconds_ += seconds;
  interval_seconds_ += seconds;
  ++interval_steps_;
  smoothed_seconds_ += (seconds - smoothed_seconds_) * (smoothed_seconds_ == 0 ? 1 : 0.1);
  if (result.applied)
    nonfinite_.clear();
  else
    note_skipped(result);

  const bool interval = due(config_.log.every) || state_.step == steps_;
  progress_.step(progress_state(result), interval && result.applied);
  if (leads() && (interval || !result.applied)) log_step(result);
  if (std::ssize(nonfinite_) >= config_.train.stop_after_nonfinite) stop_for_nonfinite();
  if (wants_evaluation() && !stopping()) evaluate();
  save_is_due_ |= due(config_.checkpoint.every);
  // While updates are skipped the states stand still; if they are the cause, an older checkpoint is
  // the better one.
  if (save_is_due_ && nonfinite_.empty()) save();
}

void Trainer::note_skipped(const StepResult& result) {
  ++state_.skipped;
  const int64_t sequences = config_.batch.sequences;
  nonfinite_.push_back(
      {state_.step, result.loss, result.grad_norm, state_.samples - sequences, sequences});
  progress_.say(fmt::format(
      "step {}/{}  loss {}  grad {}: not finite, skipped ({} in a row; the run "
      "stops after {})",
      state_.step, steps_, number_text(result.loss, "{}"), number_text(result.grad_norm, "{}"),
      nonfinite_.size(), config_.train.stop_after_nonfinite));
}

void Trainer::stop_for_nonfinite() {
  const std::string name = fmt::format("nonfinite-step-{}.json", state_.step);
  const std::string text = nonfinite_json(nonfinite_, config_, checkpoint_, learner_);
  const std::filesystem::path folder = config_.log.folder;
  std::string samples = fmt::format("Which samples they read is in {}", (folder / name).string());
  if (leads()) try {
      keep_folder();
      folder_->save(name, text);
    } catch (const UserError& error) {
      samples = fmt::format("They read the samples {} to {}; more could not be said, since {}",
                            nonfinite_.front().first_sample,
                            nonfinite_.back().first_sample + nonfinite_.back().sequences - 1,
                            error.what());
    }
  user_error(
      "loss or gradient were not finite in {} steps in a row, up to step {}; none of them changed "
      "the weights. {}. {}. {}",
      nonfinite_.size(), state_.step, samples, nonfinite_advice(config_),
      checkpoint_.empty()
          ? "There is no checkpoint yet; the run would begin anew"
          : fmt::format("The run would go on from {}, which is as it was", checkpoint_.string()));
}

void Trainer::evaluate() {
  progress_.busy("evaluating");
  const Clock::time_point begin = Clock::now();
  try {
    const Evaluation evaluation = learner_.evaluate();
    if (leads()) log_evaluation(evaluation, seconds_since(begin));
    if (!state_.first_evaluation) state_.first_evaluation = evaluation;
    state_.last_evaluation = evaluation;
    state_.evaluated = true;
    judge(evaluation);
  } catch (const EvaluationStopped&) {
    check(stop_signal() != 0 || options_.world, "an evaluation stopped without a signal");
  }
  progress_.ready();
}

void Trainer::save() {
  progress_.busy("saving");
  state_.seconds = run_seconds();
  state_.skipped_in_a_row = std::ssize(nonfinite_);
  if (leads()) keep_folder();
  if (leads()) try {
      metrics_->sync();
    } catch (const UserError& error) {
      note_log_failure(error);
    }
  if (leads()) state_.unwritten_metrics = metrics_->unwritten();
  const int rank = options_.world ? options_.world->rank() : 0;
  const auto all_are_here = [&] { agreed_max(options_.world, 0); };
  if (rank > 0) all_are_here();  // the first writer has made the folder
  CheckpointWriter writer(config_.checkpoint.folder, state_.step, rank,
                          options_.world ? options_.world->size() : 1);
  if (rank == 0) all_are_here();
  learner_.save(writer);
  writer.read_back();
  all_are_here();  // all have written
  // After skipped updates no older checkpoint is given up for this one.
  const int64_t keep = config_.checkpoint.keep + (nonfinite_.empty() ? 0 : 1);
  std::optional<int64_t> spared;
  if (state_.best && state_.best->kept) spared = state_.best->step;
  if (leads())
    checkpoint_ = writer.commit(to_yaml(config_), to_json(state_), static_cast<int>(keep),
                                verdicts_, options_.files, spared);
  all_are_here();
  saved_step_ = state_.step;
  saved_evaluated_ = state_.evaluated;
  save_is_due_ = false;
  progress_.ready();
}

void Trainer::keep_folder() {
  try {
    std::string gone = folder_->put_back();
    const auto add = [&](const std::filesystem::path& path) {
      gone += (gone.empty() ? "" : ", ") + path.string();
    };
    if (metrics_->put_back()) add(metrics_->path());
    if (metrics_->cut_off()) {
      loss_of_record_ =
          fmt::format("lines of {} are lost: someone cut the file short before step {} was saved",
                      metrics_->path().string(), state_.step);
      progress_.say("warning: " + loss_of_record_);
    }
    if (tensorboard_ && !tensorboard_->in_place()) {
      add(tensorboard_->path());
      tensorboard_.emplace(folder_->path(), metrics_->path());
    }
    if (!gone.empty())
      progress_.say(fmt::format(
          "warning: removed, moved or replaced while the run writes to it, and made anew: {}. What "
          "else lay there, such as earlier checkpoints, is not there any more",
          gone));
  } catch (const UserError& error) {
    note_log_failure(error);
  }
}

bool Trainer::stopping() {
  const int64_t failed = int64_t{1} << 32;
  const int64_t agreed = agreed_max(options_.world, log_failure_.empty() ? stop_signal() : failed);
  if (agreed < failed) stopped_by_ = static_cast<int>(agreed);
  return agreed != 0;
}

void Trainer::note_log_failure(const UserError& error) {
  if (log_failure_.empty()) log_failure_ = error.what();
}

bool Trainer::due(const Duration& every) const {
  return !every.never() && state_.step % every.steps(config_.tokens_per_step()) == 0;
}

bool Trainer::wants_evaluation() const {
  const Duration& every = config_.evaluate.every;
  if (every.never() || !config_.data.holds_out() || state_.evaluated) return false;
  return due(every) || state_.step == steps_;
}

double Trainer::run_seconds() const { return seconds_before_ + seconds_since(begin_); }

}  // namespace tessera
