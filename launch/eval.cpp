// `tessera eval` measures the loss and the other figures of a checkpoint on the held-out part of
// the data.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "framework/assembly/layouts.h"
#include "framework/comm/agreement.h"
#include "framework/config/parse.h"
#include "framework/config/print.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/record/run_state.h"
#include "framework/train/model_learner.h"
#include "launch/classifier_source.h"
#include "launch/eval_text.h"
#include "launch/model_on_mesh.h"
#include "launch/on_ranks.h"
#include "launch/same_program.h"
#include "launch/training_data.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {

namespace {

/// Measures a model on the held-out part of its data, in batches that the ranks along dp divide.
int eval_held_out(const Arguments& given, const Ranks& ranks) {
  const std::vector<std::string> sets = given.list("set");
  const ModelSource source = open_source(given.text("SOURCE"), sets_of_model(sets), ranks.leads());
  Config config = source.config;
  config.mesh = resolve_sizes(stated_mesh(sets), ranks.size());
  check_config(config);
  const std::string place = source.place.string();
  require(!source.outside || config.data.is_given(),
          "{} comes without data to measure it on: name a FILE, or token shards with --set "
          "data.shards=DIR",
          place);
  require(config.data.holds_out(),
          "data.validation is 0: nothing is held out to measure on; name a "
          "part, such as --set "
          "data.validation=0.05, that was not trained on");
  std::error_code error;
  for (const DataSourceConfig& part : config.data.parts())
    require(std::filesystem::exists(part.shards, error),
            "the data of this run, {}, is not found from {}; say where it is with --set {}",
            part.shards, std::filesystem::current_path(error).string(),
            config.data.sources.empty() ? "data.shards=FOLDER"
                                        : "'data.sources=[{shards: FOLDER}, …]'");
  LearnerData data = training_data(config, source.tokenizer);
  const std::string trained_on =
      source.checkpoint ? parse_run_state(source.checkpoint->run_json(), place + "/run.json").data
                        : "";
  if (ranks.leads() && !trained_on.empty() && trained_on != data.identity)
    fmt::print(stderr, "warning: {} was trained on other data ({}) than {} holds ({})\n", place,
               trained_on, config.data.place(), data.identity);
  const auto& tokenizer = source.require_tokenizer();
  require(
      tokenizer->fingerprint() == data.tokenizer->fingerprint(),
      "{} was trained with the tokenizer {}, and {} holds ids of another, {}; tokenize the text "
      "with --tokenizer {}, and name that folder",
      place, tokenizer->description(), config.data.place(), data.tokenizer->description(),
      tokenizer->files().all().empty()
          ? "bytes"
          : (source.checkpoint ? source.place / kTokenizerFolder : source.place).string());
  if (ranks.leads() && !tokenizer->keeps_text() && config.data.train.empty())
    fmt::print(
        stderr,
        "note: this tokenizer ({}) does not keep every byte of a text; bits per byte are those "
        "of the text that its tokens decode to\n",
        tokenizer->kind());
  const auto device = ranks.set_up(config.device);
  if (ranks.world()) {
    require_same(*ranks.world(), "config or data",
                 fmt::format("{}data: {}\nmodel: {}\n", to_yaml(config), data.identity, place),
                 "Start all ranks with the same model and data");
    require_same_program(*ranks.world(), *device);
  }
  ModelLearner learner(shipped_models(), config, std::move(data), device, false, ranks.world());
  learner.load(*source.tensors);
  const Evaluation evaluation = learner.evaluate();
  if (!ranks.leads()) return 0;
  if (given.has("json")) {
    nlohmann::ordered_json json{{"checkpoint", place}};
    if (source.checkpoint) json["step"] = source.checkpoint->step();
    json["loss"] = to_json_number(evaluation.loss);
    for (const auto& [name, number] : evaluation.figures) json[name] = to_json_number(number);
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("{}, {}\n", place,
               config.data.train.empty()
                   ? fmt::format("{} held-out batches at most", config.evaluate.batches)
                   : "all held-out examples");
    fmt::print("{:<16} {}\n", "loss", number_text(evaluation.loss, "{:.5f}"));
    for (const auto& [name, number] : evaluation.figures)
      fmt::print("{:<16} {}\n", name, number_text(number, "{:.5f}"));
  }
  require(std::isfinite(evaluation.loss),
          "{}: the loss is {}: training had failed before this checkpoint was written; name an "
          "earlier one",
          place, number_text(evaluation.loss, "{}"));
  return 0;
}

int eval(const Arguments& given, const Ranks& ranks) {
  const std::string file = given.text("FILE");
  if (!file.empty()) {
    const std::vector<std::string> sets = given.list("set");
    const ModelOnMesh model =
        on_mesh(open_with_task(given.text("SOURCE"), sets_of_model(sets), ranks.leads()),
                stated_mesh(sets), ranks);
    if (model.config.task.classifies()) return eval_labels(model, file, given);
    const bool asks = model.replica.share(holds_choices(file) ? "choices" : "text") == "choices";
    return asks ? eval_choices(model, file, given) : eval_text(model, file, given);
  }
  for (const Option& option : eval_text_options())
    require(!given.has(option.name), "--{} goes with a FILE", option.name);
  return eval_held_out(given, ranks);
}

}  // namespace

int run_eval(std::span<const std::string> args) {
  CommandLine line{
      "eval",
      "Measures a model: on FILE (text, JSON lines, a folder; questions with choices; for a "
      "classifier a table with labels), or without FILE on the held-out part of its data, in the "
      "batches of training.",
      {{"SOURCE", kSourceHelp},
       {"FILE", "text, JSON lines with context, choices, answer, or rows with labels",
        Word::Count::optional}},
      {set_option(), {"json", "", "print one JSON object"}},
      {"runs/gpt-small --json", "smollm2.gguf book.txt --stride 512"}};
  for (const Option& option : eval_text_options()) line.options.push_back(option);
  return on_ranks(line, args, eval);
}

}  // namespace tessera
