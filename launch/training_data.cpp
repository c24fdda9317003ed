#include "launch/training_data.h"

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/error.h"
#include "framework/train/open_examples.h"
#include "launch/checkpoint_source.h"
#include "launch/source.h"

namespace tessera {
namespace {

/// The tokenizer of the run itself when it has a checkpoint, or of what it begins with.
std::shared_ptr<const Tokenizer> tokenizer_of_run(const Config& config) {
  std::vector<std::string> report;
  if (const auto own = latest_good_checkpoint(config.checkpoint.folder, report))
    return tokenizer_of(CheckpointReader(*own));
  require(!config.init.from.empty(),
          "there is no tokenizer to read {} with; name a model to begin with: init: {{from: "
          "SOURCE}}",
          config.data.train);
  return open_source(config.init.from, {}).require_tokenizer();
}

bool reads_examples(const Config& config) {
  return static_cast<bool>(shipped_models().of(config).examples);
}

}  // namespace

Config with_data(Config config) {
  return reads_examples(config) ? with_labels(std::move(config)) : config;
}

LearnerData training_data(const Config& config, std::shared_ptr<const Tokenizer> tokenizer) {
  if (reads_examples(config))
    return open_examples(shipped_models(), config,
                         tokenizer ? std::move(tokenizer) : tokenizer_of_run(config));
  return open_data(shipped_models(), config);
}

}  // namespace tessera
