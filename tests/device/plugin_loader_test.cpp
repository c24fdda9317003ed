// What the loader says of plug-ins that are missing, broken or of another build; the plug-in for
// CUDA itself is loaded by tests/cuda.
#include "framework/device/plugin_loader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "framework/core/error.h"
#include "framework/device/interface_id.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::string error_of(std::string_view name, const fs::path& file) {
  try {
    load_plugin(name, file);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

void expect_words(const std::string& error, std::initializer_list<std::string_view> all) {
  for (const std::string_view words : all)
    EXPECT_NE(error.find(words), std::string::npos) << words << " is not in: " << error;
}

TEST(PluginLoader, KnowsItsPlugins) {
  EXPECT_TRUE(is_plugin("cuda"));
  EXPECT_FALSE(is_plugin("cpu"));
  EXPECT_FALSE(is_plugin(""));
}

TEST(PluginLoader, LooksBesideTheProgram) {
  const fs::path path = plugin_path("cuda");
  EXPECT_EQ(path.parent_path(), fs::read_symlink("/proc/self/exe").parent_path());
  EXPECT_EQ(path.filename(), "libtessera_cuda.so");
}

TEST(PluginLoader, SaysThatAPluginWasNotBuilt) {
  expect_words(error_of("cuda", plugin_path("absent")),
               {"device.type: cuda needs the plug-in", "libtessera_absent.so, which does not exist",
                "docs/cuda.md"});
}

TEST(PluginLoader, SaysWhyALibraryCannotBeLoaded) {
  const fs::path file = fs::path(::testing::TempDir()) / "libtessera_text.so";
  std::ofstream(file) << "no library\n";
  expect_words(error_of("cuda", file),
               {"cannot be loaded", file.string(), "LD_LIBRARY_PATH", "docs/cuda.md"});
  fs::remove(file);
}

TEST(PluginLoader, RefusesALibraryThatIsNoPlugin) {
  expect_words(error_of("cuda", plugin_path("no_entry")), {"is no plug-in of Tessera"});
}

TEST(PluginLoader, RefusesAPluginOfAnotherBuild) {
  expect_words(error_of("cuda", plugin_path("other_build")),
               {"belongs to another build of Tessera", "0.0.1-of-another-day", interface_id(),
                "launch/build"});
}

}  // namespace
}  // namespace tessera
