#include "framework/record/recorded_config.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <vector>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/config/parse.h"
#include "framework/core/error.h"
#include "framework/record/run_state.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

bool states(std::span<const std::string> sets, std::string_view key) {
  return std::ranges::any_of(sets, [&](std::string_view set) {
    return set.starts_with(key) && set.substr(key.size()).starts_with('=');
  });
}

bool same_place(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error) && !error;
}

/// `path` seen from `folder` by their names alone; empty when `path` does not lie in `folder`.
fs::path within(const fs::path& path, const fs::path& folder) {
  const fs::path seen = path.lexically_normal().lexically_relative(folder.lexically_normal());
  return seen.empty() || *seen.begin() == ".." ? fs::path() : seen;
}

/// Something that was recorded under one path and lies at another now.
struct Anchor {
  fs::path recorded, now;
  fs::path working_folder;  // the run's, when it was recorded; empty: not known
};

/// Where a path leads that was recorded beside the anchor. A relative path is looked for beside the
/// place where the anchor is now, below the working folder of the run, and below that of this
/// process.
std::string moved(const std::string& path, const Anchor& anchor) {
  if (path.empty() || fs::path(path).is_absolute()) return path;
  std::vector<fs::path> places;
  if (anchor.recorded.is_relative())
    places.push_back(anchor.now /
                     fs::path(".").lexically_relative(anchor.recorded.lexically_normal()) / path);
  if (!anchor.working_folder.empty()) places.push_back(anchor.working_folder / path);
  std::error_code error;
  for (const fs::path& place : places)
    if (fs::exists(place, error))
      return same_place(place, path) ? path : place.lexically_normal().string();
  return path;
}

/// Lets the paths of the data lead to where they lie now, unless `sets` state them.
void move_data(Config& config, const Anchor& anchor, std::span<const std::string> sets) {
  DataConfig& data = config.data;
  if (!states(sets, "data.shards")) data.shards = moved(data.shards, anchor);
  if (!states(sets, "data.train")) data.train = moved(data.train, anchor);
  if (!states(sets, "data.validation_file"))
    data.validation_file = moved(data.validation_file, anchor);
  if (states(sets, "data.sources")) return;
  for (DataSourceConfig& source : config.data.sources) {
    if (source.name.empty()) source.name = DataConfig{.sources = {source}}.parts()[0].name;
    source.shards = moved(source.shards, anchor);
  }
}

fs::path working_folder_of(const CheckpointReader& checkpoint) {
  const std::string where = (checkpoint.directory() / "run.json").string();
  return parse_run_state(checkpoint.run_json(), where).origin.working_folder;
}

/// The working folder that the newest checkpoint in `folder` names.
fs::path newest_working_folder(const fs::path& folder) {
  try {
    for (const FoundCheckpoint& found : list_checkpoints(folder))
      return working_folder_of(CheckpointReader(found.path));
  } catch (const UserError&) {
    // Whoever reads the checkpoint itself says what is wrong with it.
  }
  return {};
}

}  // namespace

bool is_record(const fs::path& path) {
  std::error_code error;
  return path.filename() == "config.yaml" &&
         fs::is_regular_file(path.parent_path() / "header.txt", error);
}

Config load_named_config(const KnownKinds& kinds, const std::string& path,
                         std::span<const std::string> sets) {
  const fs::path file = path;
  const fs::path run = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!is_record(file)) return load_config(kinds, path, sets);

  Config config = load_config(kinds, path, sets, WrittenBy::run);
  const Config recorded = load_config(kinds, path, {}, WrittenBy::run);
  if (!states(sets, "log.folder") && !same_place(recorded.log.folder, run))
    config.log.folder = run.string();
  Anchor anchor{recorded.log.folder, run, {}};
  if (!states(sets, "checkpoint.folder")) {
    const fs::path inside = within(recorded.checkpoint.folder, recorded.log.folder);
    config.checkpoint.folder = inside.empty()
                                   ? moved(recorded.checkpoint.folder, anchor)
                                   : (config.log.folder / inside).lexically_normal().string();
  }
  anchor.working_folder = newest_working_folder(config.checkpoint.folder);
  move_data(config, anchor, sets);
  return config;
}

Config parse_recorded(const KnownKinds& kinds, const std::string& text, const std::string& source,
                      std::span<const std::string> sets) {
  return parse_config(kinds, text, source, sets, WrittenBy::run);
}

Config config_of(const KnownKinds& kinds, const CheckpointReader& checkpoint,
                 std::span<const std::string> sets) {
  const fs::path& place = checkpoint.directory();
  const std::string source = (place / "config.yaml").string();
  Config config = parse_recorded(kinds, checkpoint.config_text(), source, sets);
  const fs::path folder = fs::absolute(place / "").lexically_normal().parent_path().parent_path();
  const Anchor anchor{parse_recorded(kinds, checkpoint.config_text(), source).checkpoint.folder,
                      folder, working_folder_of(checkpoint)};
  move_data(config, anchor, sets);
  return config;
}

}  // namespace tessera
