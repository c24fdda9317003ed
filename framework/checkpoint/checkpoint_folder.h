// The folder of a run's checkpoints: step-00001000, step-00002000, … Beside them a crash may
// leave directories with a suffix: .tmp (being written), .trash (being removed) or .old (renamed to
// make way for a new checkpoint of the same step, and still a checkpoint if the new one never
// came). Readers change nothing; the next writer cleans up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_verdicts.h"

namespace tessera {

/// The folder inside a checkpoint for what the model brought along from another program.
inline constexpr const char* kOriginFolder = "origin";

/// "step-00001000"
std::string checkpoint_name(int64_t step);

struct FoundCheckpoint {
  int64_t step = 0;
  std::filesystem::path path;
};

/// All checkpoints of a folder, the newest (largest step) first, not verified; none where there is
/// no folder.
std::vector<FoundCheckpoint> list_checkpoints(const std::filesystem::path& folder);

/// The newest checkpoint whose every byte verifies and whose name is that of the step it holds.
/// `report` gets one line for each newer checkpoint that was passed over, saying why.
std::optional<std::filesystem::path> latest_good_checkpoint(const std::filesystem::path& folder,
                                                            std::vector<std::string>& report);

/// Why a checkpoint cannot be used; empty when it can. `share` and `of` say which part of the
/// tensors' bytes is read, as in CheckpointReader::verify.
std::string damage_of(const std::filesystem::path& checkpoint, int64_t share = 0, int64_t of = 1);

/// Throws UserError when something that is no directory has this name: a file, or a symbolic link
/// to no directory.
void require_free_name(const std::filesystem::path& checkpoint);
/// Throws UserError when something that is no directory has the name of a checkpoint in `folder`.
void require_free_names(const std::filesystem::path& folder);

/// Removes what crashed writers left behind, and brings back an .old checkpoint without a
/// successor. Only writers call it.
void clean_leftovers(const std::filesystem::path& folder);

/// Deletes all checkpoints older than the newest `keep` good ones, but never `written` nor the one
/// of step `spared`, and nothing at all unless `written` can be opened. A checkpoint is good when every byte of it verifies; it
/// is read unless `verdicts` knows the answer already, and the writers of `written` have read back
/// its bytes (checkpoint_writer.h). A damaged checkpoint is named in a warning. Each checkpoint
/// disappears by one rename, so a crash leaves none half deleted.
void prune_checkpoints(const std::filesystem::path& folder, int keep,
                       const std::filesystem::path& written, CheckpointVerdicts& verdicts,
                       std::optional<int64_t> spared = {});

/// Removes one checkpoint directory, which is renamed first.
void remove_checkpoint(const std::filesystem::path& checkpoint);

}  // namespace tessera
