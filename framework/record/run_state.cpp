#include "framework/record/run_state.h"

#include <filesystem>
#include <system_error>

#include "framework/core/error.h"
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

std::optional<Evaluation> evaluation_of(const Json& json, const std::string& what) {
  if (json.is_null()) return std::nullopt;
  Evaluation evaluation{from_json_number(json.at("loss"), what), {}};
  for (const auto& [name, number] : json.at("figures").items())
    evaluation.figures.emplace_back(name, from_json_number(number, what));
  return evaluation;
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
  for (const auto& [name, text] : state.environment) json["environment"][name] = text;
  if (!state.unwritten_metrics.empty()) json["unwritten_metrics"] = state.unwritten_metrics;
  // Names of files need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunState parse_run_state(const std::string& text, const std::string& what, int64_t sequences) {
  try {
    const Json json = Json::parse(text);
    RunState state;
    json.at("step").get_to(state.step);
    state.samples = state.step * sequences;
    if (json.contains("samples")) json.at("samples").get_to(state.samples);
    json.at("tokens").get_to(state.tokens);
    json.at("skipped").get_to(state.skipped);
    json.at("skipped_in_a_row").get_to(state.skipped_in_a_row);
    json.at("seconds").get_to(state.seconds);
    json.at("evaluated").get_to(state.evaluated);
    state.first_evaluation = evaluation_of(json.at("first_evaluation"), what);
    state.last_evaluation = evaluation_of(json.at("last_evaluation"), what);
    // Texts of earlier versions lack these.
    state.data = json.value("data", "");
    state.origin = {json.value("config_file", ""), json.value("working_folder", "")};
    for (const auto& [name, value] : json.at("environment").items())
      state.environment.emplace_back(name, value.get<std::string>());
    if (json.contains("unwritten_metrics"))
      json.at("unwritten_metrics").get_to(state.unwritten_metrics);
    return state;
  } catch (const nlohmann::json::exception& error) {
    user_error("{}: not the run.json of a training run: {}", what, error.what());
  }
}

}  // namespace tessera
