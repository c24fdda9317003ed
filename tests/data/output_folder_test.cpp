// Folders appear whole or not at all, whatever ends the process.
#include "framework/data/output_folder.h"

#include "tests/data/text_folder.h"
#include "tests/ending_signal.h"
#include "tests/names_in.h"

namespace tessera {
namespace {

TEST(OutputFolder, ASignalLeavesNothing) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const TemporaryFolder folder;
    const auto body = [&] {
      const auto* output = new OutputFolder(folder / "out", false);
      write_file(output->partial() / "inner/file", "half");
    };
    EXPECT_EQ(ending_signal(body, signal), signal);
    EXPECT_TRUE(names_in(folder.path()).empty());
  }
}

TEST(OutputFolder, WhatALaterProcessGoesOnWithStays) {
  const TemporaryFolder folder;
  const auto body = [&] {
    auto* output = new OutputFolder(folder / "out", false);
    write_file(output->partial() / "file", "half");
    output->keep();
  };
  EXPECT_EQ(ending_signal(body, SIGINT), SIGINT);
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{".out.partial"});
  EXPECT_EQ(read_file(folder / ".out.partial/file"), "half");
}

TEST(OutputFolder, WhatIsDoneStays) {
  const TemporaryFolder folder;
  const auto body = [&] {
    auto* output = new OutputFolder(folder / "out", false);
    write_file(output->partial() / "file", "whole");
    output->commit();
  };
  EXPECT_EQ(ending_signal(body, SIGINT), SIGINT);
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"out"});
}

}  // namespace
}  // namespace tessera
