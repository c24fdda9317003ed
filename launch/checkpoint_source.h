// What a user may name as the source of a checkpoint: a config (its newest good checkpoint), a
// run's folder, a folder of checkpoints, or one checkpoint. `eval` and `generate` take all four.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/config/config.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct CheckpointSource {
  Config config;
  std::filesystem::path checkpoint;
};

/// Throws UserError when there is no good checkpoint; the message says where it looked. `named` is
/// what the user named, and `sets` are overrides of config keys. Warnings go to stderr, if it
/// `tells`.
CheckpointSource find_checkpoint(const std::string& named, std::span<const std::string> sets,
                                 bool tells = true);

/// The same with the config on the mesh of its training.
CheckpointSource find_trained_checkpoint(const std::string& named,
                                         std::span<const std::string> sets);

/// The tokenizer that the checkpoint was trained with: run.json describes it, and its files lie in
/// the checkpoint.
std::shared_ptr<const Tokenizer> tokenizer_of(const CheckpointReader& reader);

}  // namespace tessera
