// The row of a model that classifies: its batches and figures.
#include "models/classifier.h"

#include "framework/core/class_figures.h"
#include "framework/core/error.h"
#include "models/labelled_batches.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

bool has_segments(const ModelBody& body, const Config& config) {
  return body.segments && body.segments(config);
}

Feed random_feed(const ModelBody& body, const Config& config, int64_t vocab, uint64_t step,
                 int64_t micro_steps) {
  const int64_t rows = config.micro_sequences(), length = config.sequence_length();
  const auto sequences = static_cast<size_t>(rows), tokens = static_cast<size_t>(rows * length);
  const auto classes = static_cast<int64_t>(config.task.labels.size());
  Feed feed{{{"tokens_in", draw_tokens(config, "tokens", step, rows * length, vocab)},
             {"lengths", std::vector<int32_t>(sequences, static_cast<int32_t>(length))},
             {"labels", draw_tokens(config, "labels", step, rows, classes)}},
            {{"weights", std::vector<float>(sequences, 1.0F)},
             {"count", {static_cast<float>(rows * micro_steps)}}}};
  if (has_segments(body, config))
    feed.integers.emplace_back("segments_in", std::vector<int32_t>(tokens, 0));
  return feed;
}

/// Counts of (label, prediction) by the name "LABEL>PREDICTION".
Tally tally(const Config&, const EvaluationBatch& batch, const GraphOutputs& outputs,
            const Tokenizer*) {
  Tally sums{{"loss", outputs.number("loss") * batch.weight}, {"weight", batch.weight}};
  const auto predicted = outputs.integers("predicted");
  for (size_t i = 0; i < batch.labels.size(); ++i)
    if (batch.weights[i] > 0) sums[fmt::format("{}>{}", batch.labels[i], predicted[i])] += 1;
  return sums;
}

Evaluation evaluation(const Config&, const Tally& sums) {
  ClassFigures figures;
  for (const auto& [name, count] : sums)
    if (const size_t sign = name.find('>'); sign != std::string::npos)
      figures.add(std::stoll(name.substr(0, sign)), std::stoll(name.substr(sign + 1)), count);
  return {sums.at("loss") / sums.at("weight"), figures.figures()};
}

ModelDef classifier_around(const ModelDef& model) {
  const ModelBody body = model.body;
  require(body.exists(), "task.type: classify: a {} has no body to put a classifier on",
          model.kind.name);
  ModelDef out{.kind = model.kind};
  out.build = [body](Graph& graph, const Config& config, const ModelUse& use) {
    return build_classifier(graph, body, config, use);
  };
  out.layout = [body](const Config& config) { return classifier_layout(body, config); };
  out.examples = [body](const Config& config, ExampleSplit split, int32_t pad) {
    return std::make_unique<LabelledBatches>(config, std::move(split), has_segments(body, config),
                                             pad);
  };
  out.random_feed = [body](const Config& config, int64_t vocab, uint64_t step,
                           int64_t micro_steps) {
    return random_feed(body, config, vocab, step, micro_steps);
  };
  out.tally = tally;
  out.evaluation = evaluation;
  out.remark = model.remark;
  out.body = body;
  out.fresh = {"classifier.*", "pooler.*"};
  out.left = body.heads;
  out.left.push_back("classifier.*");
  return out;
}

}  // namespace

TaskDef classification_task() { return {TaskConfig::Type::classify, classifier_around}; }

}  // namespace tessera
