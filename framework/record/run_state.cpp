#include "framework/record/run_state.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_number.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

Json evaluation_json(const std::optional<Evaluation>& evaluation) {
  if (!evaluation) return nullptr;
  Json json{{"loss", to_json_number(evaluation->loss)}, {"figures", Json::object()}};
  for (const auto& [name, number] : evaluation->figures)
    json["figures"][name] = to_json_number(number);
  return json;
}

std::optional<Evaluation> evaluation_of(const Json& root, const char* key) {
  const Json& json = root.at(key);
  if (json.is_null()) return std::nullopt;
  Evaluation evaluation{from_json_number(json.at("loss"), key), {}};
  for (const auto& [name, number] : json.at("figures").items())
    evaluation.figures.emplace_back(name, from_json_number(number, key));
  return evaluation;
}

std::optional<BestEvaluation> best_of(const Json& root) {
  if (!root.contains("best") || root.at("best").is_null()) return std::nullopt;
  const Json& json = root.at("best");
  return BestEvaluation{json_count(json.at("step"), "best"), json.at("metric").get<std::string>(),
                        from_json_number(json.at("value"), "best"), json.at("kept").get<bool>()};
}

/// An integer from 0 to `most`.
int64_t count_of(const Json& root, const char* key, int64_t most = INT64_MAX) {
  const int64_t count = json_count(root.at(key), key);
  require(count <= most, "{}: {} is out of range: at most {}", key, count, most);
  return count;
}

RunState state_of(const Json& json, int64_t sequences) {
  RunState state;
  state.step = count_of(json, "step");
  if (json.contains("samples"))
    state.samples = count_of(json, "samples");
  else
    require(!__builtin_mul_overflow(state.step, sequences, &state.samples),
            "step: {} is out of range", state.step);
  state.tokens = count_of(json, "tokens");
  state.skipped = count_of(json, "skipped", state.step);
  state.skipped_in_a_row =
      count_of(json, "skipped_in_a_row", std::min(state.skipped, kMostSkippedInARow));
  json.at("seconds").get_to(state.seconds);
  require(std::isfinite(state.seconds) && state.seconds >= 0, "seconds: {} is out of range",
          state.seconds);
  json.at("evaluated").get_to(state.evaluated);
  state.first_evaluation = evaluation_of(json, "first_evaluation");
  state.last_evaluation = evaluation_of(json, "last_evaluation");
  // Texts of earlier versions lack these.
  state.best = best_of(json);
  if (json.contains("since_best")) state.since_best = count_of(json, "since_best");
  state.data = json.value("data", "");
  state.origin = {json.value("config_file", ""), json.value("working_folder", "")};
  for (const auto& [name, value] : json.at("environment").items())
    state.environment.emplace_back(name, value.get<std::string>());
  if (json.contains("unwritten_metrics"))
    json.at("unwritten_metrics").get_to(state.unwritten_metrics);
  return state;
}

}  // namespace

Origin Origin::of(const std::string& config_file) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (config_file.empty()) return {"", here.string()};
  return {std::filesystem::proximate(config_file, here, error).string(), here.string()};
}

std::string to_json(const RunState& state) {
  Json json{{"step", state.step},
            {"samples", state.samples},
            {"tokens", state.tokens},
            {"skipped", state.skipped},
            {"skipped_in_a_row", state.skipped_in_a_row},
            {"seconds", state.seconds},
            {"evaluated", state.evaluated},
            {"first_evaluation", evaluation_json(state.first_evaluation)},
            {"last_evaluation", evaluation_json(state.last_evaluation)},
            {"data", state.data},
            {"config_file", state.origin.config_file},
            {"working_folder", state.origin.working_folder},
            {"environment", Json::object()}};
  if (state.best) {
    json["best"] = {{"step", state.best->step},
                    {"metric", state.best->metric},
                    {"value", to_json_number(state.best->value)},
                    {"kept", state.best->kept}};
    json["since_best"] = state.since_best;
  }
  for (const auto& [name, text] : state.environment) json["environment"][name] = text;
  if (!state.unwritten_metrics.empty()) json["unwritten_metrics"] = state.unwritten_metrics;
  // Names of files need not be UTF-8; what JSON cannot hold is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<BestEvaluation> best_evaluation(const std::string& text, const std::string& what) {
  try {
    return best_of(parse_ordered_json_object(text, what));
  } catch (const nlohmann::json::exception& error) {
    user_error("{}: 'best' is damaged: {}", what, error.what());
  }
}

RunState parse_run_state(const std::string& text, const std::string& what, int64_t sequences) {
  constexpr const char* kNot = "{}: not the run.json of a training run: {}";
  try {
    return state_of(parse_ordered_json_object(text, "its text"), sequences);
  } catch (const nlohmann::json::exception& error) {
    user_error(kNot, what, error.what());
  } catch (const UserError& error) {
    user_error(kNot, what, error.what());
  }
}

}  // namespace tessera
