// What a process learns of its launcher from the environment.
#include "launch/started.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

namespace tessera {
namespace {

/// How a process takes itself to be started where mpirun and srun have set these variables, as
/// "rank/ranks".
std::string started_with(const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  const Started started = how_started();
  for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
  return std::to_string(started.rank) + "/" + std::to_string(started.ranks);
}

TEST(Started, IsKnownFromTheEnvironment) {
  EXPECT_EQ(started_with({}), "0/1");
  EXPECT_EQ(started_with({{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}}), "3/4");
  EXPECT_EQ(started_with({{"PMIX_RANK", "1"}, {"SLURM_STEP_NUM_TASKS", "2"}}), "1/2") << "srun";
  EXPECT_EQ(started_with({{"PMI_RANK", "0"}, {"PMI_SIZE", "8"}}), "0/8");
}

/// A batch script of Slurm has variables of its own, and is one process.
TEST(Started, IsNotGuessed) {
  EXPECT_EQ(started_with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}}), "0/1");
  EXPECT_EQ(started_with({{"SLURM_STEP_NUM_TASKS", "8"}}), "0/1");
  EXPECT_EQ(started_with({{"OMPI_COMM_WORLD_RANK", "4"}, {"OMPI_COMM_WORLD_SIZE", "4"}}), "0/1");
  EXPECT_EQ(started_with({{"OMPI_COMM_WORLD_RANK", ""}, {"OMPI_COMM_WORLD_SIZE", "four"}}), "0/1");
}

}  // namespace
}  // namespace tessera
