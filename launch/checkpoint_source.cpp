#include "launch/checkpoint_source.h"

#include <fmt/format.h>

#include <cstdio>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/config/mesh_axes.h"
#include "framework/core/error.h"
#include "framework/data/shard_manifest.h"
#include "framework/record/best_checkpoint.h"
#include "framework/record/recorded_config.h"
#include "framework/record/run_state.h"
#include "models/model.h"

namespace tessera {
namespace {

/// The config for one process. One process can read a checkpoint of any mesh, since a checkpoint
/// holds whole tensors.
Config on_one_rank(Config config) {
  config.mesh = MeshConfig{};
  for (const ConfigAxis& axis : kMeshAxes) config.mesh.*axis.size = 1;
  config.data_parallel = {};
  return config;
}

namespace fs = std::filesystem;

fs::path newest_good(const fs::path& folder, const std::string& named, bool tells) {
  std::vector<std::string> report;
  const auto latest = latest_good_checkpoint(folder, report);
  const auto best = latest ? best_beside(*latest, report) : std::nullopt;
  if (tells)
    for (const std::string& line : report) fmt::print(stderr, "warning: {}\n", line);
  require(latest.has_value(),
          "{}: there is no whole checkpoint in {}; train first, or name another", named,
          folder.string());
  return best.value_or(*latest);
}

CheckpointSource from_checkpoint(const fs::path& checkpoint, std::span<const std::string> sets) {
  return {config_of(shipped_models().kinds(), CheckpointReader(checkpoint), sets), checkpoint};
}

/// Takes the checkpoint from the folder that this config names, whether a run wrote the config or
/// trains with it.
CheckpointSource from_config(const fs::path& file, const std::string& named,
                             std::span<const std::string> sets, bool tells) {
  Config config = load_named_config(shipped_models().kinds(), file.string(), sets);
  const fs::path checkpoint = newest_good(config.checkpoint.folder, named, tells);
  return {std::move(config), checkpoint};
}

CheckpointSource find(const std::string& named, std::span<const std::string> sets, bool tells) {
  constexpr const char* kSources =
      "name a config, a run such as runs/NAME, a checkpoint such as "
      "runs/NAME/checkpoints/step-00000100, or a model of another program: a folder with "
      "config.json and weights, or a .gguf";
  const fs::path path = named;
  std::error_code error;
  require(fs::exists(path, error), "there is no config, run, checkpoint or model '{}'; {}", named,
          kSources);
  if (!fs::is_directory(path, error)) return from_config(path, named, sets, tells);
  require(!holds_token_shards(path), "{}: holds token shards, no checkpoint; {}", named, kSources);
  if (fs::exists(path / "manifest.json", error)) return from_checkpoint(path, sets);
  if (!list_checkpoints(path).empty())
    return from_checkpoint(newest_good(path, named, tells), sets);
  if (fs::exists(path / "config.yaml", error))
    return from_config(path / "config.yaml", named, sets, tells);
  require(!list_checkpoints(path / "checkpoints").empty(),
          "{}: neither a checkpoint nor the folder of a run; {}", named, kSources);
  return from_checkpoint(newest_good(path / "checkpoints", named, tells), sets);
}

}  // namespace

CheckpointSource find_checkpoint(const std::string& named, std::span<const std::string> sets,
                                 bool tells) {
  CheckpointSource found = find(named, sets, tells);
  found.config = on_one_rank(std::move(found.config));
  return found;
}

CheckpointSource find_trained_checkpoint(const std::string& named,
                                         std::span<const std::string> sets) {
  return find(named, sets, true);
}

std::shared_ptr<const Tokenizer> tokenizer_of(const CheckpointReader& reader) {
  const std::string where = (reader.directory() / "run.json").string();
  for (const auto& [name, value] : parse_run_state(reader.run_json(), where).environment)
    if (name == "tokenizer") return make_tokenizer(value, reader.directory());
  user_error("{} names no tokenizer: the checkpoint was not written by `tessera train`", where);
}

}  // namespace tessera
