#include "launch/new_classify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include "framework/assembly/device.h"
#include "framework/assembly/layouts.h"
#include "framework/config/parse.h"
#include "framework/config/run_name.h"
#include "framework/core/error.h"
#include "framework/data/examples.h"
#include "framework/record/progress.h"
#include "framework/report/memory_report.h"
#include "framework/train/model_learner.h"
#include "launch/new_config.h"
#include "launch/shell_word.h"
#include "launch/source.h"
#include "launch/table_survey.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

constexpr int64_t kBatch = 32;
constexpr std::array kHeldOut{0.1, 0.2, 0.3};  // parts to evaluate on, the first that will do

/// What is seen of the examples.
struct Seen {
  std::vector<size_t> lengths;  // in tokens, sorted
  /// How many of each label are held out to evaluate on, and trained on, when a part is held out.
  struct Split {
    std::map<std::string, size_t> held_out, trained;
  };
  std::map<double, Split> splits;
};

Seen look_at(const NewClassify& wanted, const TaskConfig& task,
             const std::shared_ptr<const Tokenizer>& tokenizer) {
  constexpr size_t kMost = 20'000;  // examples whose tokens are counted
  const ExampleForm form(*tokenizer, 1 << 20);
  ExampleEncoder encoder(tokenizer, form);
  TableReader table(wanted.file);
  std::vector<std::string> columns = task.text;
  columns.push_back(task.label);
  table.select(columns);
  Seen seen;
  std::vector<std::string> fields;
  while (table.next(fields)) {
    const std::span texts(fields.data(), task.text.size());
    if (seen.lengths.size() < kMost) seen.lengths.push_back(encoder.encode(texts).uncut);
    for (const double part : kHeldOut) {
      Seen::Split& split = seen.splits[part];
      ++(is_held_out(texts, part) ? split.held_out : split.trained)[fields.back()];
    }
  }
  std::ranges::sort(seen.lengths);
  return seen;
}

size_t sum_of(const std::map<std::string, size_t>& counts) {
  size_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

/// The least part that has examples of several labels on both sides.
double chosen_part(const Seen& seen, const TableSurvey& survey) {
  for (const auto& [part, split] : seen.splits)
    if (split.held_out.size() >= 2 && split.trained.size() >= 2) return part;
  user_error(
      "{}: {} examples cannot be split into some to train on and some to evaluate on: of up to "
      "{:.0f} % held out, not two labels have any; add examples (some dozens of each label), or "
      "name a file of others with --validation",
      survey.file, survey.rows, 100 * *std::ranges::max_element(kHeldOut));
}

/// The labels of a file to evaluate on must be known.
void require_known(const std::string& file, const TaskConfig& task) {
  const Labels found = labels_of({file}, task.label);
  for (const std::string& label : found)
    require(std::ranges::find(task.labels, label) != task.labels.end(),
            "--validation: {} has the label '{}', of which the file to train on has no example",
            file, label);
  TableReader(file).select(task.text);
}

std::string split_text(const Seen::Split& split, const Labels& labels) {
  const size_t count = sum_of(split.held_out);
  std::string text = fmt::format("{} of the examples, by their texts", count);
  if (count < 100)
    text += fmt::format(" (few: one of them is {:.0f} % of the accuracy)",
                        100 / static_cast<double>(count));
  if (split.held_out.size() < labels.size())
    text += fmt::format(" (none of {} labels)", labels.size() - split.held_out.size());
  return text + "; or name a file: validation_file";
}

size_t at_part(const std::vector<size_t>& sorted, double part) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<size_t>(std::ceil(part * last))];
}

/// The length that holds all texts, or nearly all where a few are much longer.
int64_t chosen_length(const std::vector<size_t>& lengths, int64_t context) {
  const size_t usual = at_part(lengths, 0.95), longest = lengths.back();
  const size_t wanted = longest <= usual + usual / 2 ? longest : at_part(lengths, 0.99);
  return std::min<int64_t>((static_cast<int64_t>(wanted) + 7) / 8 * 8, context);
}

std::string labels_text(const ColumnSurvey& label, size_t rows) {
  std::vector<std::pair<std::string, size_t>> values(label.values.begin(), label.values.end());
  std::ranges::stable_sort(values, [](auto& a, auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(values.size(), 12); ++i)
    text += fmt::format("{}{} {} ({:.0f} %)", i ? ", " : "", values[i].first, values[i].second,
                        100 * static_cast<double>(values[i].second) / static_cast<double>(rows));
  return values.size() > 12 ? text + ", …" : text;
}

/// How much larger the most frequent label is than the rarest.
double imbalance(const ColumnSurvey& label) {
  const auto [least, most] = std::ranges::minmax_element(
      label.values, [](const auto& a, const auto& b) { return a.second < b.second; });
  return static_cast<double>(most->second) / static_cast<double>(least->second);
}

/// Memory and time, measured by a few updates on random tokens.
std::string cost_text(const Config& config, int64_t vocab) {
  try {
    LearnerData data{make_random_batches(shipped_models(), config, vocab), vocab};
    ModelLearner learner(shipped_models(), config, std::move(data), make_device(config.device));
    learner.step(0);
    const auto begin = std::chrono::steady_clock::now();
    learner.step(1);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto steps = static_cast<double>(config.train.steps.steps(config.tokens_per_step()));
    return fmt::format("memory: {} planned; time: {:.2f} s an update here, about {} in all",
                       bytes_text(learner.session().compiled().bytes()), seconds,
                       time_text(seconds * steps));
  } catch (const UserError& error) {
    std::string why = error.what();
    return "memory and time could not be measured: " + why.substr(0, why.find('\n'));
  }
}

/// The settings of a fine-tuning; they are the usual ones (Devlin et al. 2018, appendix A.3).
void set_training(Config& config, size_t examples, int64_t epochs) {
  const double held_out = config.data.validation;
  const auto trained = static_cast<int64_t>(static_cast<double>(examples) * (1 - held_out));
  const int64_t epoch = std::max<int64_t>(1, (trained + kBatch - 1) / kBatch);
  const int64_t steps = epoch * epochs;
  config.batch = {.sequences = kBatch, .length = {}, .accumulate = 1};
  config.optimizer = {};
  config.optimizer.lr = config.model.hidden < 700 ? 5e-5 : 2e-5;
  config.optimizer.beta2 = 0.999;
  config.optimizer.weight_decay = 0.01;
  config.schedule = {.type = Schedule::Type::linear,
                     .warmup = Duration::of_steps(std::max<int64_t>(1, steps / 10)),
                     .decay = {},
                     .final_ratio = 0};
  config.train = {};
  config.train.steps = Duration::of_steps(steps);
  config.evaluate = {};
  config.evaluate.every = Duration::of_steps(std::max<int64_t>(1, epoch / 2));
  config.evaluate.keep = EvaluateConfig::Keep::best;
  config.evaluate.patience = 5;
  config.checkpoint = {};
  config.checkpoint.every = Duration::of_steps(epoch);
  config.checkpoint.keep = 1;
  config.log = {};
  config.log.every = Duration::of_steps(std::clamp<int64_t>(steps / 50, 1, 10));
  config.recompute = {};
  config.precision = {};
  config.device = {};
  config.data_parallel = {};
}

}  // namespace

std::string new_classify(const NewClassify& wanted, const std::string& out) {
  const TableSurvey survey = TableSurvey::of(wanted.file);
  const ModelSource source = open_source(wanted.source, {});
  const auto tokenizer = source.require_tokenizer();

  Config config = source.config;
  config.model.vocab = config.model.vocab.value_or(tokenizer->vocab_size());
  config.mesh = {};
  config.task = {};
  config.task.type = TaskConfig::Type::classify;
  config.task.label = wanted.label.empty() ? survey.label() : wanted.label;
  const ColumnSurvey& label = survey.column(config.task.label, "--label");
  const size_t values = label.values.size();
  require(label.has_few_values && values >= 2 && 2 * values <= survey.rows,
          "--label: column '{}' of {} has {} in {} rows; labels are a few short names that occur "
          "often",
          label.name, survey.file,
          label.has_few_values ? fmt::format("{} values", values) : "very many values",
          survey.rows);
  require(label.filled == survey.rows, "--label: column '{}' of {} is empty in {} of {} rows",
          label.name, survey.file, survey.rows - label.filled, survey.rows);
  config.task.text = wanted.texts.empty() ? survey.texts(label.name) : wanted.texts;
  for (const std::string& column : config.task.text) survey.column(column, "--text");
  for (const auto& [name, count] : label.values) config.task.labels.push_back(name);

  const Seen seen = look_at(wanted, config.task, tokenizer);
  const std::vector<size_t>& lengths = seen.lengths;
  config.task.max_length = chosen_length(lengths, config.model.context);
  const auto cut = std::ranges::count_if(lengths, [&](size_t length) {
    return static_cast<int64_t>(length) > *config.task.max_length;
  });
  config.data = {};
  config.data.train = wanted.file;
  if (wanted.validation.empty()) {
    config.data.validation = chosen_part(seen, survey);
  } else {
    require_known(wanted.validation, config.task);
    config.data.validation = 0;
    config.data.validation_file = wanted.validation;
  }
  config.init = {};
  config.init.from = wanted.source;
  const int64_t epochs = wanted.epochs > 0 ? wanted.epochs : survey.rows < 20'000 ? 3 : 2;
  set_training(config, survey.rows, epochs);
  const double uneven = imbalance(label);
  config.evaluate.metric = uneven > 3 ? "macro_f1" : "accuracy";
  const std::string cost = cost_text(resolve_mesh(config, 1), tokenizer->vocab_size());

  std::map<std::string, std::string> comments{
      {"model", "the model in init.from"},
      {"data.validation",
       wanted.validation.empty()
           ? split_text(seen.splits.at(config.data.validation), config.task.labels)
           : std::string()},
      {"task.text", "columns found: " + survey.listed()},
      {"task.labels", labels_text(label, survey.rows)},
      {"task.max_length",
       fmt::format("tokens: half have up to {}, 95 % up to {}, all up to {}; {} are cut",
                   at_part(lengths, 0.5), at_part(lengths, 0.95), lengths.back(), cut)},
      {"task.class_weights",
       uneven > 3 ? fmt::format("the commonest label is {:.0f} times as frequent as the rarest; "
                                "balanced makes them count alike",
                                uneven)
                  : "balanced: rare labels count more"},
      {"task.pooling", "auto: as the model was trained; or cls, mean, last"},
      {"batch.sequences", cost},
      {"optimizer.lr", "2e-5 to 1e-4 is usual; larger models take smaller ones"},
      {"train.steps", fmt::format("{} epochs", epochs)},
      {"train.seed", "another one gives another split of batches, and another head"},
      {"tune.freeze", "such as [embeddings, layer.0]: trained no further, and cheaper"},
      {"precision.compute", "bf16 is faster where the machine has it"},
      {"evaluate.every", "half an epoch"},
      {"evaluate.patience", "evaluations without a better one before the run ends; 0: never"}};
  const std::string yaml = commented_yaml(
      config, comments,
      {fmt::format("A classifier of {} ({} examples, {} labels), made by: tessera new classify",
                   survey.file, survey.rows, label.values.size()),
       fmt::format("Train it: tessera train {}. Then: tessera predict {} FILE", shell_word(out),
                   shell_word(run_folder_of(out)))});
  parse_config(shipped_models().kinds(), yaml, out);
  return yaml;
}

}  // namespace tessera
