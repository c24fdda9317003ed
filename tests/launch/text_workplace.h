// Tests of verbs that work on text, in a folder of their own with some.
#pragma once

#include "tests/launch/workplace.h"

namespace tessera {

/// The working folder is one with a few files in `text`.
class TextWorkplace : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(folder_.path());
    for (uint64_t i = 0; i < 4; ++i)
      write_file("text/" + std::to_string(i) + ".txt", random_text(i, 4000));
  }
  void TearDown() override { fs::current_path(before_); }

  /// What the program prints, which must do its work.
  static std::string done(const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  }
  /// What the program says, which must refuse.
  static std::string error(const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  }

  TemporaryFolder folder_;
  fs::path before_;
};

}  // namespace tessera
