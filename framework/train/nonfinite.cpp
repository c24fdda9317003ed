#include "framework/train/nonfinite.h"

#include <fmt/format.h>

#include "framework/config/print.h"
#include "framework/core/json_number.h"

namespace tessera {

std::string nonfinite_json(const std::vector<NonfiniteStep>& steps, const Config& config,
                           const std::filesystem::path& checkpoint, Learner& learner) {
  nlohmann::ordered_json json;
  json["checkpoint"] = checkpoint.string();
  for (const NonfiniteStep& step : steps)
    json["steps"].push_back({{"step", step.step},
                             {"loss", to_json_number(step.loss)},
                             {"grad_norm", to_json_number(step.grad_norm)},
                             {"batch", learner.batch_identity(step.first_sample, step.sequences)}});
  json["config"] = to_yaml(config);
  // Names of files need not be UTF-8; what JSON cannot hold is replaced.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string nonfinite_advice(const Config& config) {
  std::string text =
      fmt::format("Try a lower optimizer.lr (now {}), a longer schedule.warmup (now {})",
                  config.optimizer.lr, to_string(config.schedule.warmup));
  if (config.optimizer.clip_norm == 0) text += ", optimizer.clip_norm=1";
  if (config.precision.compute != DType::f32) text += ", precision.compute=f32";
  return text + ", or another train.seed";
}

}  // namespace tessera
