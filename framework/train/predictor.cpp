#include "framework/train/predictor.h"

#include <cmath>

#include "framework/assembly/assemble.h"
#include "framework/assembly/fit_settings.h"
#include "framework/core/error.h"
#include "framework/train/feed.h"
#include "framework/train/open_examples.h"
#include "models/labelled_batches.h"

namespace tessera {
namespace {

Compiled compiled_for(const Models& models, const Config& config, int64_t vocab,
                      const Device& device) {
  require(config.task.classifies(),
          "this model tells no labels: it was trained with task.type: pretrain; train one with "
          "task: {{type: classify}}");
  Compiled compiled = compile(assemble_evaluation(models, config, vocab).program, device, {});
  require_fits(compiled, device.profile().memory_bytes,
               static_cast<size_t>(config.device.reserve.bytes), fit_settings(config));
  return compiled;
}

bool has_segments(const Models& models, const Config& config) {
  const ModelBody body = models.of(config).body;
  return body.segments && body.segments(config);
}

}  // namespace

Predictor::Predictor(const Models& models, const Config& config,
                     const std::shared_ptr<const Tokenizer>& tokenizer,
                     const std::shared_ptr<Device>& device)
    : config_(config),
      segments_(has_segments(models, config)),
      pad_(padding_id(*tokenizer)),
      form_(*tokenizer, config.sequence_length()),
      encoder_(tokenizer, form_),
      session_(compiled_for(models, config, tokenizer->vocab_size(), *device), device) {}

void Predictor::load(TensorSource& source) {
  std::vector<WantedTensor> wanted;
  for (const State& state : session_.compiled().program.states())
    if (state.kind == StateKind::parameter)
      wanted.push_back(
          {state.name, {state.type.dtype, state.kept.empty() ? state.type.shape : state.kept}});
  const std::vector<std::string> lines = mismatches(source, wanted);
  require(lines.empty(), "{} does not fit this model:\n  {}", source.title(),
          fmt::join(lines, "\n  "));
  for (const State& state : session_.compiled().program.states())
    if (state.kind == StateKind::parameter)
      session_.fill<std::byte>(session_.state(state.name), [&](std::span<std::byte> bytes) {
        source.read(state.name, Box::whole(state.type.shape), bytes.data());
      });
  for (const Graph& graph : session_.compiled().program.graphs())
    if (graph.name() == "refresh") session_.run("refresh");
}

std::vector<ToldLabel> Predictor::tell(std::span<const std::vector<std::string>> examples) {
  check(std::ssize(examples) <= rows(), "{} examples for {} rows", examples.size(), rows());
  std::vector<ExampleTokens> tokens;
  for (const std::vector<std::string>& texts : examples) {
    tokens.push_back(encoder_.encode(texts));
    cut_ += tokens.back().uncut > static_cast<size_t>(form_.length()) ? 1 : 0;
  }
  write_feed(labelled_feed(tokens, rows(), form_.length(), segments_, pad_), session_, "evaluate");
  session_.run("evaluate");
  const auto predicted = session_.output<int32_t>("evaluate", "predicted");
  const auto probabilities = session_.output<float>("evaluate", "probabilities");
  const size_t count = labels().size();
  std::vector<ToldLabel> out;
  for (size_t row = 0; row < examples.size(); ++row) {
    const std::span<const float> own = std::span(probabilities).subspan(row * count, count);
    for (const float p : own)
      require(std::isfinite(p),
              "a probability is not finite: the training of this model had failed; name an "
              "earlier checkpoint");
    out.push_back({predicted[row], {own.begin(), own.end()}});
  }
  return out;
}

}  // namespace tessera
