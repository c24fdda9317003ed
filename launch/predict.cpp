// `tessera predict` tells the labels of texts with a classifier that was trained.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "framework/train/predictor.h"
#include "launch/classifier_source.h"
#include "launch/model_on_mesh.h"
#include "launch/on_ranks.h"
#include "launch/output_lines.h"
#include "launch/overwrite_option.h"
#include "launch/told_rows.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

/// A field of TSV: in quotes where it needs them.
std::string field(const std::string& text) {
  if (text.find_first_of("\t\n\r\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// Predictions as lines of TSV or JSON.
class Predictions {
 public:
  Predictions(OutputLines& output, const Labels& labels, bool json)
      : output_(output), labels_(labels), json_(json) {}

  void add(const ToldLabel& prediction) {
    const std::string& label = labels_[static_cast<size_t>(prediction.label)];
    const float most = prediction.probabilities[static_cast<size_t>(prediction.label)];
    if (json_) {
      nlohmann::ordered_json line{{"label", label}, {"probability", most}};
      for (size_t i = 0; i < labels_.size(); ++i)
        line["probabilities"][labels_[i]] = prediction.probabilities[i];
      lines_ += line.dump() + "\n";
      return;
    }
    if (std::exchange(begins_, false)) {
      lines_ += "label\tprobability";
      for (const std::string& name : labels_) lines_ += "\t" + field(name);
      lines_ += "\n";
    }
    lines_ += fmt::format("{}\t{:.6g}", field(label), most);
    for (const float p : prediction.probabilities) lines_ += fmt::format("\t{:.6g}", p);
    lines_ += "\n";
  }

  /// Writes what was added.
  void flush() { output_.add(std::exchange(lines_, {})); }

 private:
  OutputLines& output_;
  const Labels& labels_;
  bool json_, begins_ = true;
  std::string lines_;
};

void say_figures(const ToldRows& told, const Predictor& predictor) {
  std::string text;
  for (const auto& [name, number] : told.score.figures().figures())
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : "  ", name, number);
  if (told.score.known() > 0) fmt::print(stderr, "against the file's labels: {}\n", text);
  if (told.score.unknown() > 0)
    fmt::print(stderr, "note: {} rows have a label that the model does not know\n",
               told.score.unknown());
  if (const std::string cut = cut_text(told, predictor); !cut.empty())
    fmt::print(stderr, "note: {}\n", cut);
}

int predict(const Arguments& given, const Ranks& ranks) {
  const std::vector<std::string> sets = given.list("set");
  std::optional<OutputLines> output;
  if (ranks.leads()) output.emplace("predict", given);
  const ModelOnMesh model =
      on_mesh(open_classifier(given.text("SOURCE"), sets_of_model(sets), ranks.leads()),
              stated_mesh(sets), ranks);
  const std::string file = given.text("FILE");
  std::optional<RowsToTell> rows;
  if (ranks.leads()) rows.emplace(file, model.config.task, false);
  Predictor predictor(shipped_models(), model.config, model.source.require_tokenizer(),
                      model.device, model.replica);
  predictor.load(*model.source.tensors);
  std::optional<Predictions> predictions;
  if (output) predictions.emplace(*output, predictor.labels(), given.has("json"));
  const ToldRows told = tell_rows(
      predictor, model.replica, rows ? &*rows : nullptr, file,
      [&](const ToldLabel& label) { predictions->add(label); }, [&] { predictions->flush(); });
  if (!output) return 0;
  say_figures(told, predictor);
  output->finish();
  return 0;
}

}  // namespace

int run_predict(std::span<const std::string> args) {
  const CommandLine line{
      "predict",
      "Tells the labels of texts with a trained classifier, one line for each row of the file, in "
      "its order: the label, its probability, and the probability of each label. Where the file "
      "has the labels, too, figures are printed to standard error.",
      {{"SOURCE", kSourceHelp}, {"FILE", "TSV, CSV or JSON lines with the columns of the texts"}},
      {set_option(),
       {"out", "FILE", "where to write; otherwise to standard output"},
       overwrite_option(),
       {"json", "", "write JSON lines, not TSV"}},
      {"runs/reviews new.tsv --out labels.tsv", "runs/reviews new.jsonl --json"}};
  return on_ranks(line, args, predict);
}

}  // namespace tessera
