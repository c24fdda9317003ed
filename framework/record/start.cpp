#include "framework/record/start.h"

#include <fmt/format.h>

#include <filesystem>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/comm/agreement.h"
#include "framework/core/error.h"
#include "framework/record/best_checkpoint.h"
#include "framework/record/checkpoint_choice.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Why the checkpoint cannot be read, as far as this rank's share of it tells.
std::string complaint(const fs::path& checkpoint, World* world) {
  try {
    CheckpointReader(checkpoint).verify(world ? world->rank() : 0, world ? world->size() : 1);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

/// The checkpoint called `named`, or the newest good one in the folder of that name.
fs::path find_start(const fs::path& named, World* world, std::vector<std::string>& report) {
  std::error_code error;
  const bool exists = agreed_max(world, fs::is_directory(named, error) ? 0 : 1) == 0;
  require(exists, "init.from: there is no folder {}{}; name a checkpoint or the folder of a run",
          named.string(), world ? " on all hosts" : "");
  // Rank 0 decides how to read the name: another host may have another view of a folder that is
  // being written.
  const bool is_checkpoint =
      agreed_max(world, (!world || world->rank() == 0) && fs::exists(named / "manifest.json", error)
                            ? 1
                            : 0) != 0;
  if (is_checkpoint) {
    const std::string mine = complaint(named, world);
    const std::string why = world ? first_complaint(*world, mine) : mine;
    require(why.empty(), "init.from: {} cannot be used: {}", named.string(), why);
    return named;
  }
  const bool holds_some =
      agreed_max(world,
                 (!world || world->rank() == 0) && !list_checkpoints(named).empty() ? 1 : 0) != 0;
  const fs::path folder = holds_some ? named : named / "checkpoints";
  std::vector<std::string> damaged;
  const auto latest = agreed_checkpoint(folder, world, damaged);
  require(latest.has_value(),
          "init.from: {} is neither a checkpoint nor does it hold one that is whole{}{}",
          named.string(), damaged.empty() ? "" : ":\n", fmt::join(damaged, "\n"));
  const auto best = best_beside(*latest, damaged);
  report.insert(report.end(), damaged.begin(), damaged.end());
  return best.value_or(*latest);
}

}  // namespace

std::unique_ptr<CheckpointReader> open_start(const Config& config, World* world,
                                             std::vector<std::string>& report) {
  const fs::path checkpoint = find_start(config.init.from, world, report);
  auto reader = std::make_unique<CheckpointReader>(checkpoint);
  // Another file system may have another checkpoint of the same name.
  if (world)
    require_same(*world, "the checkpoints to begin with",
                 fmt::format("step {} of {}\n{}\n{}\n", reader->step(), checkpoint.string(),
                             reader->config_text(), reader->run_json()),
                 "Put init.from on a file system that all hosts share");
  return reader;
}

}  // namespace tessera
