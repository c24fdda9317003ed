#include "framework/record/checkpoint_choice.h"

#include <fmt/format.h>

#include <sstream>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/comm/agreement.h"

namespace tessera {

namespace fs = std::filesystem;

std::optional<fs::path> agreed_checkpoint(const fs::path& folder, World* world,
                                          std::vector<std::string>& report) {
  if (!world) return latest_good_checkpoint(folder, report);
  std::string listed;
  if (world->rank() == 0)
    for (const FoundCheckpoint& found : list_checkpoints(folder))
      listed += found.path.filename().string() + "\n";
  std::istringstream names(broadcast_text(*world, 0, listed));
  for (std::string name; std::getline(names, name);) {
    const fs::path checkpoint = folder / name;
    const std::string why =
        first_complaint(*world, damage_of(checkpoint, world->rank(), world->size()));
    if (why.empty()) return checkpoint;
    report.push_back(fmt::format("checkpoint {} cannot be used: {}", checkpoint.string(), why));
  }
  return std::nullopt;
}

}  // namespace tessera
