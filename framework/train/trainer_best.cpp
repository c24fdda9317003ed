// Which evaluation was the best, and when to wait for a better one no longer.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/train/trainer.h"

namespace tessera {
namespace {

/// The figure that evaluate.metric names.
double figure_of(const Evaluation& evaluation, const std::string& metric) {
  if (metric == "loss") return evaluation.loss;
  std::vector<std::string> known{"loss"};
  for (const auto& [name, number] : evaluation.figures) {
    if (name == metric) return number;
    known.push_back(name);
  }
  user_error("evaluate.metric: there is no figure '{}'; there are: {}", metric,
             fmt::join(known, ", "));
}

bool smaller_is_better(const std::string& metric) {
  // "loss.NAME" is that of one source
  return metric.starts_with("loss") || metric.find("_loss") != std::string::npos ||
         metric.starts_with("bits_per_");
}

}  // namespace

bool Trainer::judges() const {
  const EvaluateConfig& e = config_.evaluate;
  return e.keep == EvaluateConfig::Keep::best || e.patience > 0 ||
         e.metric != EvaluateConfig{}.metric;
}

bool Trainer::out_of_patience() const {
  return config_.evaluate.patience > 0 && state_.since_best >= config_.evaluate.patience;
}

void Trainer::judge(const Evaluation& evaluation) {
  if (!judges()) return;
  const std::string& metric = config_.evaluate.metric;
  const double value = figure_of(evaluation, metric);
  if (state_.step == 0) return;                        // nothing is trained yet
  if (state_.best && state_.best->metric != metric) {  // the config was changed
    state_.best.reset();
    state_.since_best = 0;
  }
  // While updates are skipped the weights are those of an earlier step.
  const bool better = std::isfinite(value) && nonfinite_.empty() &&
                      (!state_.best || (smaller_is_better(metric) ? value < state_.best->value
                                                                  : value > state_.best->value));
  if (!better) {
    ++state_.since_best;
    return;
  }
  const bool kept = config_.evaluate.keep == EvaluateConfig::Keep::best;
  state_.best = BestEvaluation{state_.step, metric, value, kept};
  state_.since_best = 0;
  save_is_due_ |= kept;
}

std::string Trainer::best_text() const {
  if (!state_.best) return "";
  std::string text = fmt::format("{} {} at step {}", state_.best->metric,
                                 number_text(state_.best->value, "{:.4f}"), state_.best->step);
  if (state_.best->kept)
    text += fmt::format(", kept as {}/{}", config_.checkpoint.folder,
                        checkpoint_name(state_.best->step));
  return text;
}

}  // namespace tessera
