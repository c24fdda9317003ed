// The folder of a run's checkpoints: step-00001000, step-00002000, … Beside them a crash may leave directories with a
// suffix: .tmp (being written), .trash (being removed), .old (stepped aside for a new one of the same step, and still a
// checkpoint if that never came). Readers change nothing; the next writer cleans up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_verdicts.h"

namespace tessera {

/// "step-00001000"
std::string checkpoint_name(int64_t step);

struct FoundCheckpoint {
  int64_t step = 0;
  std::filesystem::path path;
};

/// All checkpoints of a folder, the newest (largest step) first, not verified; none where there is no folder.
std::vector<FoundCheckpoint> list_checkpoints(const std::filesystem::path& folder);

/// The newest checkpoint whose every byte verifies and whose name is that of the step it holds. `report` gets one line
/// for each newer one that is not so, saying why.
std::optional<std::filesystem::path> latest_good_checkpoint(const std::filesystem::path& folder,
                                                            std::vector<std::string>& report);

/// Why a checkpoint cannot be used; empty when it can. `share`, `of`: of the tensors' bytes, the part that is read, as in
/// CheckpointReader::verify.
std::string damage_of(const std::filesystem::path& checkpoint, int64_t share = 0, int64_t of = 1);

/// UserError when anything but a directory has the name of a checkpoint: a file, a symbolic link to nowhere.
void require_free_name(const std::filesystem::path& checkpoint);
/// The same for every name of a checkpoint in `folder`.
void require_free_names(const std::filesystem::path& folder);

/// Removes what crashed writers left behind, and brings back an .old checkpoint without a successor. For writers.
void clean_leftovers(const std::filesystem::path& folder);

/// Deletes all checkpoints older than the newest `keep` good ones, never `written`, and nothing at all unless that one can
/// be opened. Good is a checkpoint whose every byte verifies, as far as `verdicts` does not know it already; the bytes of
/// `written` its writers have read back (checkpoint_writer.h). A damaged one is named in a warning. Each checkpoint
/// disappears by one rename, so a crash leaves none half deleted.
void prune_checkpoints(const std::filesystem::path& folder, int keep,
                       const std::filesystem::path& written, CheckpointVerdicts& verdicts);

/// Removes one checkpoint directory, by rename first.
void remove_checkpoint(const std::filesystem::path& checkpoint);

}  // namespace tessera
