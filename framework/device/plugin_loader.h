// Finds and loads plug-ins: libtessera_NAME.so beside the running program.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "framework/device/plugin.h"

namespace tessera {

/// The names of all plug-ins that Tessera knows, built or not.
std::span<const std::string_view> plugin_names();
bool is_plugin(std::string_view name);

/// Where the plug-in of this name should lie: beside the running program.
std::filesystem::path plugin_path(std::string_view name);

/// The plug-in of this name, loaded at the first call and never unloaded. Throws UserError when it
/// was not built, when a library that it needs is missing, and when it comes from another build.
const Plugin& plugin(std::string_view name);

/// Loads the plug-in `name` from a file; throws as `plugin` does.
const Plugin& load_plugin(std::string_view name, const std::filesystem::path& file);

}  // namespace tessera
