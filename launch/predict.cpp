// `tessera predict` tells the labels of texts with a classifier that was trained.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "framework/core/class_figures.h"
#include "framework/core/error.h"
#include "framework/train/predictor.h"
#include "launch/classifier_source.h"
#include "launch/model_on_mesh.h"
#include "launch/on_ranks.h"
#include "launch/output_lines.h"
#include "launch/overwrite_option.h"
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

/// The rows of a file, of which rank 0 hands out as many at a time as all replicas tell at once.
class Rows {
 public:
  Rows(TableReader& table, const TaskConfig& task)
      : table_(table), labelled_(table.has(task.label)) {
    std::vector<std::string> columns = task.text;
    if (labelled_) columns.push_back(task.label);
    table.select(columns);
  }

  bool labelled() const { return labelled_; }
  /// The next rows, `most` at most: their texts, packed, and their labels.
  std::string next(size_t most, std::vector<std::string>& truths) {
    truths.clear();
    PackedText texts;
    std::vector<std::string> fields;
    for (size_t row = 0; row < most && table_.next(fields); ++row) {
      if (labelled_) {
        truths.push_back(fields.back());
        fields.pop_back();
      }
      PackedText own;
      for (const std::string& field : fields) own.add(field);
      texts.add(std::move(own).text());
    }
    return std::move(texts).text();
  }

 private:
  TableReader& table_;
  const bool labelled_;
};

std::vector<std::string> parts_of(std::string text) {
  UnpackedText in(std::move(text));
  std::vector<std::string> parts;
  while (!in.ended()) parts.push_back(in.next());
  return parts;
}

std::string packed(const ToldLabel& told) {
  PackedText out;
  out.add_numbers(std::span(&told.label, 1));
  out.add_numbers(std::span<const float>(told.probabilities));
  return std::move(out).text();
}

ToldLabel unpacked(std::string text) {
  UnpackedText in(std::move(text));
  const int32_t label = in.numbers<int32_t>().at(0);
  return {label, in.numbers<float>()};
}

/// Tells the labels of rows that all ranks have, and gives them at rank 0, in the order of the rows.
std::vector<ToldLabel> told_of(Predictor& predictor, const Replica& replica,
                               const std::vector<std::string>& rows) {
  std::vector<ToldLabel> out(replica.leads() ? rows.size() : 0);
  share_out(
      replica, rows.size(), static_cast<size_t>(predictor.rows()),
      [&](std::span<const size_t> numbers, const GiveResult& give) {
        std::vector<std::vector<std::string>> texts;
        for (const size_t number : numbers) texts.push_back(parts_of(rows[number]));
        const std::vector<ToldLabel> told = predictor.tell(texts);
        for (size_t i = 0; i < told.size(); ++i) give(numbers[i], packed(told[i]));
      },
      [&](size_t row, std::string told) { out[row] = unpacked(std::move(told)); });
  return out;
}

/// Texts that all replicas cut, at rank 0.
size_t cut_by_all(const Predictor& predictor, const Replica& replica) {
  size_t cut = 0;
  for (const std::string& own : replica.collect(std::to_string(predictor.cut())))
    cut += std::stoull(own);
  return cut;
}

/// Tells the labels of all rows. Rank 0 alone has `rows` and `output`.
void tell_all(Predictor& predictor, const Replica& replica, Rows* rows, const std::string& file,
              Predictions* output) {
  const auto most = static_cast<size_t>(predictor.rows() * replica.count());
  Score score(predictor.labels());
  std::vector<std::string> truths;
  size_t count = 0;
  while (true) {
    const std::vector<std::string> own =
        parts_of(replica.share(rows ? rows->next(most, truths) : ""));
    if (own.empty()) break;
    const std::vector<ToldLabel> told = told_of(predictor, replica, own);
    count += own.size();
    if (!output) continue;
    for (size_t i = 0; i < told.size(); ++i) {
      output->add(told[i]);
      if (rows->labelled()) score.add(truths[i], told[i].label);
    }
    output->flush();
  }
  require(count > 0, "{}: has no row below its header", file);
  const size_t cut = cut_by_all(predictor, replica);
  if (!output) return;
  score.say();
  if (cut > 0)
    fmt::print(stderr, "note: {} of {} texts were cut to {} tokens (task.max_length)\n", cut, count,
               predictor.length());
}

int predict(const Arguments& given, const Ranks& ranks) {
  const std::vector<std::string> sets = given.list("set");
  std::optional<OutputLines> output;
  if (ranks.leads()) output.emplace("predict", given);
  const ModelOnMesh model =
      on_mesh(open_classifier(given.text("SOURCE"), sets_of_model(sets), ranks.leads()),
              stated_mesh(sets), ranks);
  const std::string file = given.text("FILE");
  std::optional<TableReader> table;
  std::optional<Rows> rows;
  if (ranks.leads()) {
    table.emplace(file);
    rows.emplace(*table, model.config.task);
  }
  Predictor predictor(shipped_models(), model.config, model.source.require_tokenizer(),
                      model.device, model.replica);
  predictor.load(*model.source.tensors);
  std::optional<Predictions> predictions;
  if (output) predictions.emplace(*output, predictor.labels(), given.has("json"));
  tell_all(predictor, model.replica, rows ? &*rows : nullptr, file,
           predictions ? &*predictions : nullptr);
  if (output) output->finish();
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
