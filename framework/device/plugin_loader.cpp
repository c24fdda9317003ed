#include "framework/device/plugin_loader.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <system_error>

#include "framework/core/error.h"
#include "framework/device/interface_id.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 1> kNames{"cuda"};

}  // namespace

std::span<const std::string_view> plugin_names() { return kNames; }

bool is_plugin(std::string_view name) { return std::ranges::find(kNames, name) != kNames.end(); }

fs::path plugin_path(std::string_view name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  require(!error, "the program cannot tell where it lies ({}): is /proc mounted?", error.message());
  return program.parent_path() / fmt::format("libtessera_{}.so", name);
}

const Plugin& load_plugin(std::string_view name, const fs::path& file) {
  std::error_code error;
  require(fs::exists(file, error),
          "device.type: {0} needs the plug-in {1}, which does not exist: it is built where the "
          "compiler of {0} is found; docs/{0}.md says how to get both",
          name, file.string());
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    user_error(
        "the plug-in for device.type: {0} cannot be loaded: {1}. Install the library, or add its "
        "folder to LD_LIBRARY_PATH; docs/{0}.md says where it comes from",
        name, why != nullptr ? why : file.c_str());
  }
  auto* const entry = reinterpret_cast<PluginEntry*>(::dlsym(library, kPluginEntry));
  require(entry != nullptr, "{} is no plug-in of Tessera; build it again with launch/build",
          file.string());
  const Plugin* const made = entry();
  require(std::string_view(made->interface_id) == interface_id(),
          "the plug-in {} belongs to another build of Tessera ({}; this program is {}): build both "
          "together with launch/build, and copy them together",
          file.string(), made->interface_id, interface_id());
  return *made;
}

const Plugin& plugin(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, const Plugin*, std::less<>> loaded;
  const std::lock_guard lock(mutex);
  auto known = loaded.find(name);
  if (known == loaded.end())
    known = loaded.emplace(name, &load_plugin(name, plugin_path(name))).first;
  return *known->second;
}

}  // namespace tessera
