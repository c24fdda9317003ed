#include "launch/planned_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "framework/checkpoint/checkpoint_folder.h"
#include "launch/checkpoint_source.h"
#include "launch/planned_vocab.h"
#include "launch/run_config.h"
#include "launch/source.h"
#include "launch/training_data.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

PlannedRun of_config(const std::string& file, std::span<const std::string> sets,
                     std::string supposed) {
  Config config = with_data(load_run_config(file, sets));
  const int64_t vocab = planned_vocab(config);
  return {std::move(config), vocab, std::move(supposed)};
}

PlannedRun of_model(const std::string& named, std::span<const std::string> sets) {
  Config config = with_data(config_begun_with(named, sets));
  const int64_t vocab = planned_vocab(config);
  return {std::move(config), vocab,
          fmt::format("a run that begins with {}, and otherwise as usual", named)};
}

PlannedRun of_checkpoint(const std::string& named, std::span<const std::string> sets) {
  const CheckpointSource found = find_trained_checkpoint(named, sets);
  const Config config = with_data(found.config);
  const int64_t vocab = config.model.vocab
                            ? *config.model.vocab
                            : tokenizer_of(CheckpointReader(found.checkpoint))->vocab_size();
  return {config, vocab, "that of the checkpoint " + found.checkpoint.string()};
}

}  // namespace

PlannedRun planned_run(const std::string& named, std::span<const std::string> sets) {
  if (is_outside_model(named)) return of_model(named, sets);
  const fs::path path = named;
  std::error_code error;
  if (!fs::is_directory(path, error) && fs::exists(path, error)) return of_config(named, sets, "");
  // A run that has just begun has no checkpoint yet.
  const fs::path config = path / "config.yaml";
  const bool is_run = fs::exists(config, error) && !fs::exists(path / "manifest.json", error) &&
                      list_checkpoints(path).empty();
  if (!is_run) return of_checkpoint(named, sets);
  return of_config(config.string(), sets, "that of the run, " + config.string());
}

}  // namespace tessera
