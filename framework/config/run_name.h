// The name of a run is that of its config file without the extension, in whatever script it is
// written. Only what the text of a config cannot hold is replaced: control characters and bytes
// that are not UTF-8.
#pragma once

#include <string>

namespace tessera {

/// "runs/NAME", the folder of the run of this config file where nothing else is stated.
std::string run_folder_of(const std::string& config_file);

/// The folder that version 0.1, up to revision 8dac83e, gave the run: letters beyond ASCII, spaces
/// and signs became dashes.
std::string earlier_run_folder_of(const std::string& config_file);

}  // namespace tessera
