// The config that a run has left behind, read where the run lies now. A run may be moved, copied
// and looked at from any working folder: its own folders are where it is, and a relative
// data.shards leads to where it led when it was recorded, as long as anything is there.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/config/config.h"

namespace tessera {

/// Whether `path` is the config.yaml that a run has left in its folder.
bool is_record(const std::filesystem::path& path);

/// Reads a config as load_config does; the config.yaml in a run's folder is read as the config of
/// this run, wherever it lies now. What `sets` state is taken as it is stated.
Config load_named_config(const KnownKinds& kinds, const std::string& path,
                         std::span<const std::string> sets = {});

/// Reads a text that a run has recorded as parse_config does.
Config parse_recorded(const KnownKinds& kinds, const std::string& text, const std::string& source,
                      std::span<const std::string> sets = {});

/// The config in a checkpoint.
Config config_of(const KnownKinds& kinds, const CheckpointReader& checkpoint,
                 std::span<const std::string> sets = {});

}  // namespace tessera
