#include "framework/core/cgroups.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// A folder that stands for `/` of another machine.
class CpuQuota : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("tessera_quota_") + info->name());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  fs::path root_;
};

TEST_F(CpuQuota, ThereNeedBeNone) {
  EXPECT_EQ(cpu_quota(root_), std::nullopt);
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
  EXPECT_EQ(cpu_quota(root_), std::nullopt);
}

/// Under `systemd-run -p CPUQuota=` or a batch system the root of the tree has no cpu.max.
TEST_F(CpuQuota, Version2TakesTheTightestGroupOnTheWayUp) {
  write("proc/self/cgroup", "0::/system.slice/job.service/step\n");
  write("sys/fs/cgroup/system.slice/job.service/step/cpu.max", "400000 100000\n");
  write("sys/fs/cgroup/system.slice/job.service/cpu.max", "150000 100000\n");
  write("sys/fs/cgroup/system.slice/cpu.max", "max 100000\n");
  EXPECT_EQ(cpu_quota(root_), 1.5);
}

TEST_F(CpuQuota, AContainerSeesItsOwnRoot) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(cpu_quota(root_), 0.5);
}

TEST_F(CpuQuota, Version1IsReadAtItsOwnPlace) {
  write("proc/self/cgroup", "5:memory:/other\n4:cpu,cpuacct:/slurm/job_7/step\n0::/\n");
  write("sys/fs/cgroup/cpu/slurm/job_7/step/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/cpu/slurm/job_7/step/cpu.cfs_period_us", "100000\n");
  write("sys/fs/cgroup/cpu/slurm/job_7/cpu.cfs_quota_us", "200000\n");
  write("sys/fs/cgroup/cpu/slurm/job_7/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpu_quota(root_), 2);
}

}  // namespace
}  // namespace tessera
