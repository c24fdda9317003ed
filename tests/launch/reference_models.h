// Tests that take the reference models of transformers in and out, in a folder of their own.
#pragma once

#include <string>
#include <vector>

#include "tests/launch/program.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {

/// The folder of a reference model (tests/golden/families/make).
inline std::string family(const std::string& name) {
  return source_dir() + "/tests/golden/families/" + name;
}

class ReferenceModels : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Runs the program, which must do its work.
  ProgramRun good(const std::vector<std::string>& args) const {
    ProgramRun run = program(args);
    EXPECT_EQ(run.status, 0) << run.err;
    return run;
  }
  /// What the program says, which must refuse.
  std::string bad(const std::vector<std::string>& args) const {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  }

  TemporaryFolder folder_;
};

}  // namespace tessera
