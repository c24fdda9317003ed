// Going on from the newest checkpoint that is whole.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/comm/communicator.h"
#include "framework/config/config.h"
#include "framework/record/run_state.h"

namespace tessera {

struct Resumed {
  RunState state;
  int64_t sequences = 0;  // sequences in a batch, up to the checkpoint
  std::filesystem::path checkpoint;
  /// "optimizer.lr: 0.001 → 0.0005", one line per setting that differs from the checkpoint's.
  std::vector<std::string> changed;
  std::unique_ptr<CheckpointReader> reader;  // reads what the learner is to load
};

/// The newest good checkpoint of checkpoint.folder, the same on all ranks of a mesh; nothing when
/// the folder has none at all. The checkpoint is not loaded: loading exchanges tensors, and only
/// ranks that have agreed on what they load can do that. `report` gets what is worth knowing:
/// damaged checkpoints passed over, changed settings, a changed machine. Throws UserError when
/// every checkpoint is damaged (nothing is started over them), when they are of another model
/// (`vocab` is what its vocab `auto` stands for; 0: not known) or optimizer, when they were trained
/// on other data than `data` (its identity, not its path; empty: not known), or when a step has
/// another number of tokens now and the length of the training or its schedule is given in tokens.
std::optional<Resumed> choose_checkpoint(const Config& given, const Environment& environment,
                                         const std::string& data, int64_t vocab, World* world,
                                         std::vector<std::string>& report);

/// Throws UserError when a run that is named after its config file belongs to another file of that
/// name.
void require_same_config_file(const Resumed& resumed, const Origin& origin, const Config& config);

/// Throws UserError when settings have changed although no step is left to train with them. Where
/// the run lies and on what it runs may change; `evaluates` says that an evaluation is left, so how
/// it is done may change, too.
void require_unchanged(const Resumed& resumed, int64_t steps, bool evaluates, const Config& config);

/// "optimizer.lr: 0.001 → 0.0005", one line per key that differs, in the section called `section`
/// (in all when empty).
std::vector<std::string> differences(const Config& before, const Config& after,
                                     const std::string& section = "");

}  // namespace tessera
