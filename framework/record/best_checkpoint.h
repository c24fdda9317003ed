// The checkpoint that stands for a run with evaluate.keep: best.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// The checkpoint that the run of this one keeps as its best, which may be this one; nothing where
/// it keeps none. `report` gets a line when the best one cannot be used.
std::optional<std::filesystem::path> best_beside(const std::filesystem::path& checkpoint,
                                                 std::vector<std::string>& report);

}  // namespace tessera
