#include "launch/quickstart_score.h"

#include <fmt/format.h>

#include <string_view>

#include "framework/core/json_number.h"
#include "framework/data/gpt_sampler.h"
#include "framework/data/ngram.h"
#include "framework/data/token_shards.h"
#include "framework/train/batches.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// Bits per byte of an n-gram model fitted on the training part, on the windows that the model was validated on.
double ngram_bits(int order, const TokenSplit& split, const Config& config) {
  NgramModel model(order, split.train.tokenizer().vocab_size());
  model.add(split.train, 0, split.train.token_count());
  const int64_t length = config.sequence_length();
  const GptSampler sampler(split, static_cast<uint64_t>(config.train.seed), length);
  const auto windows = evaluation_samples(config, sampler.validation_samples());
  return model.score(split.validation, windows, static_cast<uint64_t>(length)).bits_per_byte();
}

/// How often the commonest byte is what a validation mask hides.
double commonest_accuracy(const TokenSplit& split, const Batches& batches) {
  GuessAccuracy guess{.guess = commonest_token(split.train)};
  for (int64_t i = 0; i < batches.evaluation_batches(); ++i) {
    const EvaluationBatch batch = batches.evaluation(i);
    guess.add(batch.labels, batch.weights);
  }
  return guess.value();
}

}  // namespace

Json score(const Config& config, const Json& trained) {
  const auto shards = TokenShards::open(config.data.shards);
  const TokenSplit split = split_tokens(shards, config.data.validation);
  Json out;
  if (config.model.type == ModelConfig::Type::gpt) {
    out["bits_per_byte_start"] = trained.at("eval_bits_per_byte_start");
    out["bits_per_byte_end"] = trained.at("eval_bits_per_byte_end");
    out["bits_per_byte_order0"] = to_json_number(ngram_bits(0, split, config));
    out["bits_per_byte_order3"] = to_json_number(ngram_bits(3, split, config));
  } else {
    out["masked_accuracy"] = trained.at("eval_masked_accuracy_end");
    out["commonest_accuracy"] =
        to_json_number(commonest_accuracy(split, *make_batches(config, shards)));
  }
  out["tokens_per_s"] = trained.at("tokens_per_s");
  out["seconds"] = trained.at("seconds");
  out["checkpoint"] = trained.at("checkpoint");
  return out;
}

void print_score(const Config& config, const Json& figures) {
  const auto line = [&](std::string_view what, const char* key) {
    const double value = from_json_number(figures.at(key), key);
    fmt::print("  {:<44}{:>8}\n", what, number_text(value, "{:.4f}"));
  };
  if (config.model.type == ModelConfig::Type::gpt) {
    fmt::print("\nvalidation bits per byte (lower is better)\n");
    line("this model before training", "bits_per_byte_start");
    line("this model now", "bits_per_byte_end");
    line("order-0 byte model (byte frequencies)", "bits_per_byte_order0");
    line("order-3 byte model (the three bytes before)", "bits_per_byte_order3");
  } else {
    fmt::print("\nmasked bytes told right in held-out text\n");
    line("this model", "masked_accuracy");
    line("always guessing the commonest byte", "commonest_accuracy");
  }
}

}  // namespace tessera
