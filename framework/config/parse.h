// Turns YAML text and `--set` overrides into a checked Config. Reading is strict: unknown or
// repeated keys, wrong types, values out of range and combinations that cannot run are all reported
// in one UserError, each with its place and what to write instead. Nothing is guessed and nothing
// is ignored.
#pragma once

#include <span>
#include <string>

#include "framework/config/config.h"
#include "framework/core/error.h"

namespace tessera {

/// What is wrong with a config, and the log.folder that it names all the same; `log_folder` is
/// empty where that key is wrong, too.
struct ConfigError : UserError {
  ConfigError(const std::string& what, std::string folder)
      : UserError(what), log_folder(std::move(folder)) {}
  std::string log_folder;
};

/// Who wrote a config. A user is told of settings without effect. In what a run has recorded they
/// are read as their defaults, since earlier versions let more of them stand.
enum class WrittenBy { user, run };

/// Reads the file of a run whose model is of one of `kinds`; each of `sets` is `section.key=value`
/// and replaces what the file says (the last one wins).
Config load_config(const KnownKinds& kinds, const std::string& path,
                   std::span<const std::string> sets = {}, WrittenBy writer = WrittenBy::user);

/// Whether log.folder follows from the name of the file, since neither the file nor `sets` state
/// one.
bool folder_follows_name(const KnownKinds& kinds, const std::string& path,
                         std::span<const std::string> sets = {});

/// The Config of a text; `source` stands for the file in messages and names the run (its folder is
/// runs/NAME).
Config parse_config(const KnownKinds& kinds, const std::string& text, const std::string& source,
                    std::span<const std::string> sets = {}, WrittenBy writer = WrittenBy::user);

/// Checks ranges and combinations of a Config that a program changed by itself; throws a UserError
/// that lists all that is wrong.
void check_config(const Config& config);

}  // namespace tessera
