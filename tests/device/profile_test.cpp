#include "framework/device/cpu/profile.h"

#include <gtest/gtest.h>

#include <fstream>

#include "framework/core/error.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

TEST(Profile, DescribesThisMachine) {
  const DeviceProfile profile = cpu_profile();
  EXPECT_EQ(profile.backend, "cpu");
  EXPECT_EQ(profile.threads, available_cores());
  EXPECT_GT(profile.memory_bytes, size_t{1} << 26);
  EXPECT_FALSE(profile.model.empty());
}

TEST(Profile, ACapLowersAndNeverRaises) {
  DeviceProfile profile;
  profile.isa = Isa::avx512;
  EXPECT_EQ(capped(profile, Isa::avx2).isa, Isa::avx2);
  EXPECT_EQ(capped(profile, Isa::avx512).isa, Isa::avx512);
  try {
    capped(profile, Isa::amx);
    FAIL() << "a machine without AMX cannot be capped to it";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "device.isa: amx is asked for, but this machine has only avx512");
  }
}

TEST(Profile, ReadsCachesAndSkipsThoseOfInstructions) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "tessera_caches";
  fs::remove_all(root);
  const auto cache = [&](int index, int level, const char* type, const char* size) {
    const fs::path folder =
        root / "sys/devices/system/cpu/cpu0/cache" / ("index" + std::to_string(index));
    fs::create_directories(folder);
    std::ofstream(folder / "level") << level << '\n';
    std::ofstream(folder / "type") << type << '\n';
    std::ofstream(folder / "size") << size << '\n';
  };
  EXPECT_EQ(cache_sizes(root).l1, 0u);
  cache(0, 1, "Data", "48K");
  cache(1, 1, "Instruction", "32K");
  cache(2, 2, "Unified", "2048K");
  cache(3, 3, "Unified", "105M");
  const CacheSizes sizes = cache_sizes(root);
  EXPECT_EQ(sizes.l1, 48u << 10);
  EXPECT_EQ(sizes.l2, 2048u << 10);
  EXPECT_EQ(sizes.l3, 105u << 20);
  fs::remove_all(root);
}

}  // namespace
}  // namespace tessera
