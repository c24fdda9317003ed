#include "framework/record/best_checkpoint.h"

#include <fmt/format.h>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/record/run_state.h"

namespace tessera {

std::optional<std::filesystem::path> best_beside(const std::filesystem::path& checkpoint,
                                                 std::vector<std::string>& report) {
  const CheckpointReader reader(checkpoint);
  const auto found = best_evaluation(reader.run_json(), (checkpoint / "run.json").string());
  if (!found || !found->kept) return std::nullopt;
  std::filesystem::path best = checkpoint.parent_path() / checkpoint_name(found->step);
  if (const std::string why = damage_of(best); !why.empty()) {
    report.push_back(fmt::format("the best checkpoint {} cannot be used: {}", best.string(), why));
    return std::nullopt;
  }
  return best;
}

}  // namespace tessera
