#include "launch/checkpoint_source.h"

#include <fmt/format.h>

#include <cstdio>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/config/parse.h"
#include "framework/core/error.h"
#include "framework/data/shard_manifest.h"
#include "models/model.h"

namespace tessera {
namespace {

/// What reads a checkpoint is one process, whatever mesh wrote it: a checkpoint holds whole tensors.
Config on_one_rank(Config config) {
  config.mesh = MeshConfig{.dp = 1, .tp = 1, .head_multiple = {}, .sequence_parallel = false};
  config.data_parallel = {};
  return config;
}

namespace fs = std::filesystem;

fs::path newest_good(const fs::path& folder, const std::string& named) {
  std::vector<std::string> report;
  const auto latest = latest_good_checkpoint(folder, report);
  for (const std::string& line : report) fmt::print(stderr, "warning: {}\n", line);
  require(latest.has_value(),
          "{}: there is no whole checkpoint in {}; train first, or name another", named,
          folder.string());
  return *latest;
}

CheckpointSource from_checkpoint(const fs::path& checkpoint, std::span<const std::string> sets) {
  const CheckpointReader reader(checkpoint);
  return {on_one_rank(parse_config(shipped_models().kinds(), reader.config_text(),
                                   (checkpoint / "config.yaml").string(), sets)),
          checkpoint};
}

}  // namespace

CheckpointSource find_checkpoint(const std::string& named, std::span<const std::string> sets) {
  constexpr const char* kSources =
      "name a config, a run such as runs/NAME, or a checkpoint such as "
      "runs/NAME/checkpoints/step-00000100";
  const fs::path path = named;
  std::error_code error;
  require(fs::exists(path, error), "there is no config, run or checkpoint '{}'; {}", named,
          kSources);
  if (!fs::is_directory(path, error)) {
    Config config = on_one_rank(load_config(shipped_models().kinds(), named, sets));
    const fs::path checkpoint = newest_good(config.checkpoint.folder, named);
    return {std::move(config), checkpoint};
  }
  require(!holds_token_shards(path), "{}: holds token shards, no checkpoint; {}", named, kSources);
  if (fs::exists(path / "manifest.json", error)) return from_checkpoint(path, sets);
  if (!list_checkpoints(path).empty()) return from_checkpoint(newest_good(path, named), sets);
  require(fs::exists(path / "config.yaml", error),
          "{}: neither a checkpoint nor the folder of a run; {}", named, kSources);
  Config config =
      on_one_rank(load_config(shipped_models().kinds(), (path / "config.yaml").string(), sets));
  const fs::path checkpoint = newest_good(config.checkpoint.folder, named);
  return {std::move(config), checkpoint};
}

}  // namespace tessera
