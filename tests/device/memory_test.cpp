#include "framework/device/cpu/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// A folder that stands for `/` of another machine.
class MachineRoot : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("tessera_root_") + info->name());
    fs::remove_all(root_);
    write("proc/meminfo", "MemTotal:  8000 kB\nMemFree: 10 kB\nMemAvailable:   5000 kB\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  fs::path root_;
};

TEST_F(MachineRoot, WithoutCgroupsTheMachineDecides) {
  EXPECT_EQ(memory_limit(root_), 8000u * 1024);
  EXPECT_EQ(available_memory(root_), 5000u * 1024);
}

TEST_F(MachineRoot, Version2TakesTheTightestGroupOnTheWayUp) {
  write("proc/self/cgroup", "0::/job/step\n");
  write("sys/fs/cgroup/job/step/memory.max", "max\n");
  write("sys/fs/cgroup/job/memory.max", "3000000\n");
  write("sys/fs/cgroup/job/memory.current", "1000000\n");
  write("sys/fs/cgroup/job/memory.stat", "anon 5\ninactive_file 400000\n");
  EXPECT_EQ(memory_limit(root_), 3000000u);
  EXPECT_EQ(available_memory(root_), 3000000u - (1000000u - 400000u));
}

TEST_F(MachineRoot, Version1IsReadAtItsOwnPlace) {
  write("proc/self/cgroup", "3:cpuset:/other\n4:cpu,memory:/host/only\n0::/\n");
  // The folder of the group itself is not visible, as in a container; its mount point is.
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", "2500000\n");
  EXPECT_EQ(memory_limit(root_), 2000000u);
  EXPECT_EQ(available_memory(root_), 0u);
}

TEST_F(MachineRoot, ALimitAboveTheMachineIsNone) {
  write("proc/self/cgroup", "4:memory:/\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_limit(root_), 8000u * 1024);
}

TEST_F(MachineRoot, ReadsTheSettingOfHugePages) {
  EXPECT_EQ(huge_pages(root_), "absent");
  write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  EXPECT_EQ(huge_pages(root_), "madvise");
}

TEST(HostBuffer, IsZeroedAlignedAndCounted) {
  reset_buffer_peak();
  const size_t before = buffer_bytes().current;
  {
    HostBuffer large((size_t{5} << 20) + 12), small(100);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(large.data()) % (size_t{2} << 20), 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(small.data()) % 64, 0u);
    EXPECT_EQ(large.size(), (size_t{5} << 20) + 12);
    EXPECT_TRUE(std::all_of(large.data(), large.data() + large.size(),
                            [](std::byte b) { return b == std::byte{0}; }));
    large.data()[large.size() - 1] = std::byte{1};  // the end is there to be written
    EXPECT_EQ(buffer_bytes().current, before + large.size() + 100);
  }
  EXPECT_EQ(buffer_bytes().current, before);
  EXPECT_EQ(buffer_bytes().peak, before + (size_t{5} << 20) + 112);
  reset_buffer_peak();
  EXPECT_EQ(buffer_bytes().peak, before);
}

TEST(HostBuffer, MovesItsBytesAndFreesThemOnce) {
  const size_t before = buffer_bytes().current;
  HostBuffer a(4096);
  std::byte* const data = a.data();
  HostBuffer b(std::move(a));
  EXPECT_EQ(b.data(), data);
  EXPECT_EQ(b.size(), 4096u);
  b = HostBuffer();
  EXPECT_EQ(b.data(), nullptr);
  EXPECT_EQ(buffer_bytes().current, before);
  EXPECT_EQ(HostBuffer(0).data(), nullptr);
}

TEST(HostBuffer, ARefusalSaysWhatToDo) {
  const size_t before = buffer_bytes().current;
  for (const size_t bytes : {size_t{1} << 55, ~size_t{0}}) {
    try {
      HostBuffer buffer(bytes);
      FAIL() << "the machine cannot have that much";
    } catch (const UserError& error) {
      EXPECT_NE(std::string(error.what()).find("make the model or the batch smaller"),
                std::string::npos);
    }
  }
  EXPECT_EQ(buffer_bytes().current, before);
}

TEST(Memory, PeakResidentGrowsWithWhatIsTouched) {
  const size_t before = peak_resident_bytes();
  ASSERT_GT(before, 0u);
  HostBuffer buffer(size_t{1} << 20);
  std::fill_n(buffer.data(), buffer.size(), std::byte{1});
  EXPECT_GE(peak_resident_bytes(), before);
}

}  // namespace
}  // namespace tessera
