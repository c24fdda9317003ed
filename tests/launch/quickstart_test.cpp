#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/launch/program.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// In a folder of its own, since the quickstart writes to runs/quickstart of the working folder.
class Quickstart : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tessera-quickstart-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    before_ = fs::current_path();
    fs::current_path(folder_);
    fs::create_directories("runs/quickstart");
    std::ofstream("runs/quickstart/summary.json") << "{}";
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  /// The quickstart refuses, says `why`, and leaves the run before as it was.
  static void refuses(std::vector<std::string> args, const std::string& why) {
    args.insert(args.begin(), "quickstart");
    args.insert(args.end(), {"--configs", TESSERA_SOURCE_DIR "/configs"});
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.err.find(why), std::string::npos) << run.err;
    EXPECT_TRUE(fs::exists("runs/quickstart/summary.json"));
  }

  fs::path folder_, before_;
};

TEST_F(Quickstart, WrongInputCostsNothingOfTheRunBefore) {
  refuses({"no-such-folder"}, "no-such-folder");
  refuses({".", "--model", "gptt"}, "gpt or bert, not 'gptt'");
  refuses({".", "--set", "model.layer=3"}, "did you mean layers?");
  refuses({".", "--seconds", "0"}, "above 0");
}

}  // namespace
}  // namespace tessera
