// `tessera predict` tells the labels of texts with a classifier that was trained.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/assembly/device.h"
#include "framework/config/value.h"
#include "framework/core/class_figures.h"
#include "framework/core/error.h"
#include "framework/train/predictor.h"
#include "launch/command_line.h"
#include "launch/source.h"
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

/// Where predictions go: a file, or standard output.
class Output {
 public:
  Output(const std::string& path, const Labels& labels, bool json) : labels_(labels), json_(json) {
    if (!path.empty()) {
      file_.open(path, std::ios::binary | std::ios::trunc);
      require(file_.good(), "{} cannot be written", path);
      path_ = path;
    }
    if (json_) return;
    std::string header = "label\tprobability";
    for (const std::string& label : labels_) header += "\t" + field(label);
    write(header + "\n");
  }

  void add(const ToldLabel& prediction) {
    const std::string& label = labels_[static_cast<size_t>(prediction.label)];
    const float most = prediction.probabilities[static_cast<size_t>(prediction.label)];
    if (json_) {
      nlohmann::ordered_json line{{"label", label}, {"probability", most}};
      for (size_t i = 0; i < labels_.size(); ++i)
        line["probabilities"][labels_[i]] = prediction.probabilities[i];
      write(line.dump() + "\n");
      return;
    }
    std::string line = fmt::format("{}\t{:.6g}", field(label), most);
    for (const float p : prediction.probabilities) line += fmt::format("\t{:.6g}", p);
    write(line + "\n");
  }

  void flush() {
    if (path_.empty())
      std::fflush(stdout);
    else
      file_.flush();
    require(path_.empty() || file_.good(), "{} cannot be written: is the disk full?", path_);
  }

 private:
  void write(const std::string& text) {
    if (path_.empty())
      fmt::print("{}", text);
    else
      file_ << text;
  }

  const Labels& labels_;
  bool json_;
  std::string path_;
  std::ofstream file_;
};

/// How good the predictions are, where the file has the labels.
class Score {
 public:
  explicit Score(const Labels& labels) : labels_(labels) {}

  void add(const std::string& truth, int32_t predicted) {
    const auto found = std::ranges::find(labels_, truth);
    if (found == labels_.end())
      ++unknown_;
    else
      figures_.add(found - labels_.begin(), predicted);
  }

  void say() const {
    std::string text;
    for (const auto& [name, number] : figures_.figures())
      text += fmt::format("{}{} {:.4f}", text.empty() ? "" : "  ", name, number);
    if (!figures_.counts().empty()) fmt::print(stderr, "against the file's labels: {}\n", text);
    if (unknown_ > 0)
      fmt::print(stderr, "note: {} rows have a label that the model does not know\n", unknown_);
  }

 private:
  const Labels& labels_;
  ClassFigures figures_;
  size_t unknown_ = 0;
};

void predict(Predictor& predictor, TableReader& table, const TaskConfig& task, Output& output) {
  const bool labelled = table.has(task.label);
  std::vector<std::string> columns = task.text;
  if (labelled) columns.push_back(task.label);
  table.select(columns);
  Score score(predictor.labels());
  std::vector<std::vector<std::string>> texts;
  std::vector<std::string> truths;
  size_t told = 0;
  const auto tell = [&] {
    const std::vector<ToldLabel> predictions = predictor.tell(texts);
    for (size_t i = 0; i < predictions.size(); ++i) {
      output.add(predictions[i]);
      if (labelled) score.add(truths[i], predictions[i].label);
    }
    output.flush();
    told += predictions.size();
    texts.clear();
    truths.clear();
  };
  std::vector<std::string> fields;
  while (table.next(fields)) {
    if (labelled) {
      truths.push_back(fields.back());
      fields.pop_back();
    }
    texts.push_back(fields);
    if (std::ssize(texts) == predictor.rows()) tell();
  }
  if (!texts.empty()) tell();
  require(told > 0, "{}: has no row below its header", table.name());
  score.say();
  if (predictor.cut() > 0)
    fmt::print(stderr, "note: {} of {} texts were cut to {} tokens (task.max_length)\n",
               predictor.cut(), told, predictor.length());
}

/// Opens the source. A classifier of another program says its labels; what its texts are called,
/// the user says with --set task.text=COLUMN.
ModelSource open_classifier(const std::string& named, std::vector<std::string> sets) {
  if (is_outside_model(named)) {
    const std::vector<std::string> labels = OutsideModel(shipped_models(), named).labels();
    require(!labels.empty(),
            "{} tells no labels: its config names no class for the classification of texts that "
            "Tessera knows, or its weights have no such head",
            named);
    if (labels[0] == "LABEL_0")
      fmt::print(stderr,
                 "note: the config does not name all of the {} labels; they are called "
                 "LABEL_0, LABEL_1, …\n",
                 labels.size());
    sets.insert(sets.begin(), {"task.type=classify", "task.labels=" + value_text(labels),
                               "data.train=none", "evaluate.every=0 steps"});
  }
  ModelSource source = open_source(named, sets);
  require(source.config.task.classifies(),
          "{} tells no labels: it was trained with task.type: pretrain; train one with task: "
          "{{type: classify}}",
          source.place.string());
  return source;
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
       {"json", "", "write JSON lines, not TSV"}},
      {"runs/reviews new.tsv --out labels.tsv", "runs/reviews new.jsonl --json"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const ModelSource source = open_classifier(given->text("SOURCE"), given->list("set"));
  const Config& config = source.config;
  TableReader table(given->text("FILE"));
  Predictor predictor(shipped_models(), config, source.require_tokenizer(),
                      make_device(config.device));
  predictor.load(*source.tensors);
  Output output(given->text("out"), predictor.labels(), given->has("json"));
  predict(predictor, table, config.task, output);
  return 0;
}

}  // namespace tessera
