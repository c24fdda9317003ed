#include <fmt/format.h>
#include <string.h>

#include <cmath>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/train/trainer.h"

namespace tessera {
namespace {

std::string figures_text(const Evaluation& evaluation) {
  std::string text = "loss " + number_text(evaluation.loss, "{:.4f}");
  for (const auto& [name, number] : evaluation.figures)
    text += fmt::format("  {} {}", name, number_text(number, "{:.4f}"));
  return text;
}

}  // namespace

std::string Trainer::header() const {
  std::string text = learner_.header();
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  std::vector<std::string> environment;
  for (const auto& [name, value] : options_.environment) environment.push_back(name + " " + value);
  if (!environment.empty()) text += fmt::format("{}\n", fmt::join(environment, " · "));
  if (!options_.data.empty()) text += fmt::format("data: {}\n", options_.data);
  text += fmt::format("{} steps of {} tokens; metrics and config in {}, checkpoints in {}\n",
                      grouped(steps_), grouped(config_.tokens_per_step()), config_.log.folder,
                      config_.checkpoint.folder);
  if (options_.peak_gflops > 0)
    text += fmt::format(
        "MFU: tokens/s × {:.4g} MFLOP per token (forward and backward, nothing computed twice) ÷ "
        "{:.0f} GFLOP/s ({})\n",
        learner_.flops_per_token() / 1e6, options_.peak_gflops, options_.peak_source);
  return text;
}

double Trainer::utilisation(double tokens_per_s) const {
  if (options_.peak_gflops <= 0) return 0;
  return tokens_per_s * learner_.flops_per_token() / (options_.peak_gflops * 1e9);
}

ProgressState Trainer::progress_state(const StepResult& result) const {
  const auto tokens = static_cast<double>(config_.tokens_per_step());
  const double rate = smoothed_seconds_ > 0 ? tokens / smoothed_seconds_ : 0;
  // Evaluating and saving take their time too.
  const double seconds_per_step =
      (run_seconds() - seconds_before_) / static_cast<double>(state_.step - first_step_);
  return {.step = state_.step,
          .steps = steps_,
          .loss = result.loss,
          .grad_norm = result.grad_norm,
          .learning_rate = result.learning_rate,
          .tokens_per_s = rate,
          .utilisation = utilisation(rate),
          .seconds_left = seconds_per_step * static_cast<double>(steps_ - state_.step)};
}

void Trainer::log_step(const StepResult& result) {
  const auto tokens = static_cast<double>(interval_steps_ * config_.tokens_per_step());
  const double rate = interval_seconds_ > 0 ? tokens / interval_seconds_ : 0;
  interval_seconds_ = 0;
  interval_steps_ = 0;
  MetricsLine line{
      {"loss", result.loss}, {"grad_norm", result.grad_norm}, {"lr", result.learning_rate}};
  for (const auto& [name, number] : result.parts) line.emplace_back(name, number);
  line.emplace_back("tokens", state_.tokens);
  line.emplace_back("skipped", state_.skipped);
  line.emplace_back("tokens_per_s", rate);
  if (options_.peak_gflops > 0) {
    line.emplace_back("mfu", utilisation(rate));
    line.emplace_back("peak_gflops", options_.peak_gflops);
    line.emplace_back("flops_per_token", learner_.flops_per_token());
  }
  line.emplace_back("seconds", run_seconds());
  write_log(line);
}

void Trainer::log_evaluation(const Evaluation& evaluation, double seconds) {
  progress_.say(fmt::format("step {}/{}  validation {}  ({:.1f} s)", state_.step, steps_,
                            figures_text(evaluation), seconds));
  MetricsLine line{{"eval_loss", evaluation.loss}};
  for (const auto& [name, number] : evaluation.figures) line.emplace_back("eval_" + name, number);
  line.emplace_back("eval_seconds", seconds);
  write_log(line);
}

void Trainer::write_log(const MetricsLine& line) {
  try {
    const std::string text = metrics_->write(state_.step, line);
    if (tensorboard_) tensorboard_->write(text);
  } catch (const UserError& error) {
    note_log_failure(error);
  }
}

void Trainer::say_end(const TrainingSummary& summary) {
  const std::string checkpoint = summary.checkpoint.string();
  if (summary.stop_signal != 0) {
    progress_.say(fmt::format("stopped by SIG{} after step {} of {}{}; saved as {}. To go on: {}",
                              ::sigabbrev_np(summary.stop_signal), state_.step, steps_,
                              wants_evaluation() ? ", before its evaluation" : "", checkpoint,
                              options_.command));
  } else if (summary.evaluation_only) {
    progress_.say(
        fmt::format("done: the last evaluation was all that was left; saved as {}", checkpoint));
  } else if (out_of_patience() && summary.first_step >= state_.step) {
    progress_.say(fmt::format(
        "nothing to do: {} ended at step {}, after {} evaluations without a better one; "
        "raise evaluate.patience to go on",
        checkpoint, state_.step, state_.since_best));
  } else if (summary.first_step >= steps_) {
    progress_.say(
        fmt::format("nothing to do: {} is at step {}, and train.steps is {}; raise it to go on",
                    checkpoint, state_.step, steps_));
  } else {
    progress_.say(fmt::format("done: {} steps, {} tokens in {} ({} tokens/s{}); saved as {}",
                              grouped(state_.step), grouped(state_.tokens),
                              time_text(run_seconds()), grouped(std::llround(summary.tokens_per_s)),
                              state_.skipped > 0 ? fmt::format(", {} skipped", state_.skipped) : "",
                              checkpoint));
  }
  if (out_of_patience() && summary.first_step < state_.step && state_.step < steps_)
    progress_.say(fmt::format(
        "ended before step {}: {} evaluations in a row were no better (evaluate.patience)", steps_,
        state_.since_best));
  if (const std::string best = best_text(); !best.empty())
    progress_.say(fmt::format("best: {}", best));
  if (const auto spent = learner_.communication(); spent.total > 0)
    progress_.say(
        fmt::format("communication of rank 0: {:.1f} s, of which {:.1f} s were waited for and "
                    "{:.1f} s hidden behind computing",
                    spent.total, spent.waited, spent.hidden()));
  if (!nonfinite_.empty())
    progress_.say(fmt::format(
        "warning: the last {} updates were skipped, since loss or gradient were not finite; the "
        "weights are those of step {}. {}",
        nonfinite_.size(), state_.step - std::ssize(nonfinite_), nonfinite_advice(config_)));
}

std::string Trainer::summary_json(const TrainingSummary& summary) const {
  nlohmann::ordered_json json{{"step", state_.step},
                              {"steps", steps_},
                              {"finished", summary.stop_signal == 0},
                              {"tokens", state_.tokens},
                              {"skipped", state_.skipped},
                              {"skipped_in_a_row", std::ssize(nonfinite_)},
                              {"seconds", run_seconds()},
                              {"tokens_per_s", summary.tokens_per_s},
                              {"checkpoint", summary.checkpoint.string()}};
  const auto add = [&](const std::optional<Evaluation>& evaluation, const std::string& suffix) {
    if (!evaluation) return;
    json["eval_loss_" + suffix] = to_json_number(evaluation->loss);
    for (const auto& [name, number] : evaluation->figures)
      json["eval_" + name + "_" + suffix] = to_json_number(number);
  };
  add(state_.first_evaluation, "start");
  add(state_.last_evaluation, "end");
  if (state_.best) {
    json["best_step"] = state_.best->step;
    json["best_" + state_.best->metric] = to_json_number(state_.best->value);
    if (state_.best->kept)
      json["best_checkpoint"] =
          (std::filesystem::path(config_.checkpoint.folder) / checkpoint_name(state_.best->step))
              .string();
    json["ended_early"] = out_of_patience() && state_.step < steps_;
  }
  return json.dump(2) + "\n";
}

}  // namespace tessera
