#include "framework/train/predictor.h"

#include <cmath>

#include "framework/assembly/assemble.h"
#include "framework/assembly/fit_settings.h"
#include "framework/core/error.h"
#include "framework/train/feed.h"
#include "framework/train/held_state.h"
#include "framework/train/known_ids.h"
#include "framework/train/open_examples.h"
#include "models/labelled_batches.h"

namespace tessera {
namespace {

Program program_of(const Models& models, const Config& config, int64_t vocab) {
  require(config.task.classifies(),
          "this model tells no labels: it was trained with task.type: pretrain; train one with "
          "task: {{type: classify}}");
  return assemble_evaluation(models, config, vocab).program;
}

bool has_segments(const Models& models, const Config& config) {
  const ModelBody body = models.of(config).body;
  return body.segments && body.segments(config);
}

}  // namespace

Predictor::Predictor(const Models& models, const Config& config,
                     const std::shared_ptr<const Tokenizer>& tokenizer,
                     const std::shared_ptr<Device>& device, Replica replica)
    : config_(config),
      segments_(has_segments(models, config)),
      pad_(padding_id(*tokenizer)),
      ids_(config.model.vocab.value_or(tokenizer->vocab_size())),
      form_(*tokenizer, config.sequence_length()),
      encoder_(tokenizer, form_),
      replica_(std::move(replica)),
      session_(compile_for(replica_, program_of(models, config, tokenizer->vocab_size()), *device,
                           config, fit_settings(config)),
               device) {}

void Predictor::load(TensorSource& source) { load_parameters(session_, replica_.place(), source); }

std::vector<ToldLabel> Predictor::tell(std::span<const TextsToTell> examples) {
  check(std::ssize(examples) <= rows(), "{} examples for {} rows", examples.size(), rows());
  std::vector<ExampleTokens> tokens;
  std::vector<int32_t> truths;
  for (const TextsToTell& example : examples) {
    tokens.push_back(encoder_.encode(example.texts));
    require_known(tokens.back().ids, ids_);
    truths.push_back(example.label);
    cut_ += tokens.back().uncut > static_cast<size_t>(form_.length()) ? 1 : 0;
  }
  write_feed(labelled_feed(tokens, truths, rows(), form_.length(), segments_, pad_), session_,
             "evaluate");
  session_.run("evaluate");
  const auto predicted = session_.output<int32_t>("evaluate", "predicted");
  const auto losses = session_.output<float>("evaluate", "losses");
  const auto probabilities = session_.output<float>("evaluate", "probabilities");
  const size_t count = labels().size();
  std::vector<ToldLabel> out;
  for (size_t row = 0; row < examples.size(); ++row) {
    const std::span<const float> own = std::span(probabilities).subspan(row * count, count);
    for (const float p : own)
      require(std::isfinite(p),
              "a probability is not finite: the training of this model had failed; name an "
              "earlier checkpoint");
    out.push_back({predicted[row], losses[row], {own.begin(), own.end()}});
  }
  return out;
}

}  // namespace tessera
