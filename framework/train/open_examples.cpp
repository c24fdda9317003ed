#include "framework/train/open_examples.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

bool evaluates(const Config& config) {
  return !config.evaluate.every.never() &&
         (config.data.validation > 0 || !config.data.validation_file.empty());
}

}  // namespace

Config with_labels(Config config) {
  if (!config.task.labels.empty()) return config;
  std::vector<std::filesystem::path> files{config.data.train};
  if (!config.data.validation_file.empty()) files.emplace_back(config.data.validation_file);
  config.task.labels = labels_of(files, config.task.label);
  const size_t weights = config.task.class_weights.size(), labels = config.task.labels.size();
  require(weights == 1 || weights == labels,
          "task.class_weights has {} numbers, and {} has {} labels ({}); write one for each, in "
          "this order",
          weights, config.data.train, labels, fmt::join(config.task.labels, ", "));
  return config;
}

ExampleSource example_source(const Config& config) {
  return {.train = config.data.train,
          .validation = config.data.validation_file,
          .held_out = evaluates(config) ? config.data.validation : 0,
          .columns = {config.task.text, config.task.label},
          .labels = config.task.labels};
}

int32_t padding_id(const Tokenizer& tokenizer) { return std::max(tokenizer.special().pad, 0); }

LearnerData open_examples(const Models& models, const Config& config,
                          std::shared_ptr<const Tokenizer> tokenizer) {
  const ModelDef model = models.of(config);
  check(static_cast<bool>(model.examples), "a model that reads no examples");
  LearnerData data;
  data.vocab = tokenizer->vocab_size();
  const int64_t rows = config.model.vocab.value_or(data.vocab);
  require(data.vocab <= rows,
          "the tokenizer has {} ids, and the model's vocabulary {} rows; set model.vocab to {} or "
          "more, or take the tokenizer of the model",
          data.vocab, rows, data.vocab);
  const ExampleForm form(*tokenizer, config.sequence_length());
  ExampleSplit split = read_examples(example_source(config), form, tokenizer);
  require(!evaluates(config) || split.validation.size() > 0,
          "{}: no example is held out to evaluate on; hold out more (data.validation is {}), name "
          "data.validation_file, or set evaluate.every: 0 steps",
          split.place, config.data.validation);
  data.identity = split.identity;
  data.notes.push_back(fmt::format(
      "{} examples to train on, {} held out; {} of them are longer than {} tokens and cut",
      split.train.size(), split.validation.size(), split.train.cut() + split.validation.cut(),
      config.sequence_length()));
  data.batches = model.examples(config, std::move(split), padding_id(*tokenizer));
  data.tokenizer = std::move(tokenizer);
  return data;
}

}  // namespace tessera
