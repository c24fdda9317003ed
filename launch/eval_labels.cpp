#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "launch/eval_text.h"
#include "launch/told_rows.h"
#include "launch/verbs.h"

namespace tessera {

int eval_labels(const ModelOnMesh& model, const std::string& file, const Arguments& given) {
  const std::string source = model.source.place.string();
  for (const Option& option : eval_text_options())
    require(!given.has(option.name),
            "--{} goes with a model that reads text; {} tells labels, and FILE is a table",
            option.name, source);
  std::optional<RowsToTell> rows;
  if (model.replica.leads()) rows.emplace(file, model.config.task, true);
  Predictor predictor(shipped_models(), model.config, model.source.require_tokenizer(),
                      model.device, model.replica);
  predictor.load(*model.source.tensors);
  const ToldRows told = tell_rows(
      predictor, model.replica, rows ? &*rows : nullptr, file, [](const ToldLabel&) {}, [] {});
  if (!model.replica.leads()) return 0;
  const double loss = told.score.loss();
  nlohmann::ordered_json json{{"source", source},
                              {"file", file},
                              {"examples", told.rows},
                              {"cut", told.cut},
                              {"loss", to_json_number(loss)}};
  for (const auto& [name, number] : told.score.figures().figures())
    json[name] = to_json_number(number);
  print_figures(json, given.has("json"));
  if (const std::string cut = cut_text(told, predictor); !cut.empty())
    fmt::print(stderr, "note: {}\n", cut);
  require(std::isfinite(loss), "{}: the loss is {}: this model computes no number for this file",
          source, number_text(loss, "{}"));
  return 0;
}

}  // namespace tessera
