// `tessera eval` measures the loss and the other figures of a checkpoint on the held-out part of
// the data.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "framework/assembly/device.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/record/run_state.h"
#include "framework/train/model_learner.h"
#include "launch/command_line.h"
#include "launch/eval_text.h"
#include "launch/source.h"
#include "launch/training_data.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {

int run_eval(std::span<const std::string> args) {
  CommandLine line{
      "eval",
      "Measures a model: on FILE (text, JSON lines, a folder; or questions with choices), or "
      "without FILE on the held-out part of its data, in the batches of training.",
      {{"SOURCE", kSourceHelp},
       {"FILE", "text to measure, or JSON lines with context, choices, answer",
        Word::Count::optional}},
      {set_option(), {"json", "", "print one JSON object"}},
      {"runs/gpt-small --json", "smollm2.gguf book.txt --stride 512"}};
  for (const Option& option : eval_text_options()) line.options.push_back(option);
  const auto given = line.parse(args);
  if (!given) return 0;
  const ModelSource source = open_source(given->text("SOURCE"), given->list("set"));
  if (const std::string file = given->text("FILE"); !file.empty())
    return holds_choices(file) ? eval_choices(source, file, *given)
                               : eval_text(source, file, *given);
  for (const Option& option : eval_text_options())
    require(!given->has(option.name), "--{} goes with a FILE", option.name);
  const Config& config = source.config;
  const std::string place = source.place.string();
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
  if (!trained_on.empty() && trained_on != data.identity)
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
  if (!tokenizer->keeps_text() && config.data.train.empty())
    fmt::print(
        stderr,
        "note: this tokenizer ({}) does not keep every byte of a text; bits per byte are those "
        "of the text that its tokens decode to\n",
        tokenizer->kind());
  ModelLearner learner(shipped_models(), config, std::move(data), make_device(config.device),
                       false);
  learner.load(*source.tensors);
  const Evaluation evaluation = learner.evaluate();
  if (given->has("json")) {
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

}  // namespace tessera
