// Files appear under their names when they are whole; what an error or a signal leaves.
#include "framework/core/output_file.h"

#include <csignal>
#include <set>
#include <thread>

#include "framework/core/durable_file.h"
#include "tests/ending_signal.h"
#include "tests/names_in.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Unfinished = OutputFile::Unfinished;

TEST(OutputFile, AppearsWhenItIsWhole) {
  const TemporaryFolder folder;
  {
    OutputFile file("verb", folder / "a", Overwrite::no);
    write_durable(file.partial(), "text");
    EXPECT_EQ(names_in(folder.path()), std::set<std::string>{".a.partial"});
    file.commit();
  }
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"a"});
  EXPECT_EQ(read_file(folder / "a"), "text");
}

TEST(OutputFile, ReplacesOnlyWhereThatIsAsked) {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  expect_contains(error_of([&] { OutputFile("verb", folder / "a", Overwrite::no); }),
                  "/a exists; name another file, or replace it with --overwrite");
  OutputFile file("verb", folder / "a", Overwrite::yes);
  write_durable(file.partial(), "new");
  EXPECT_EQ(read_file(folder / "a"), "old");
  file.commit();
  EXPECT_EQ(read_file(folder / "a"), "new");
}

/// Another program has made the file meanwhile: neither is lost.
TEST(OutputFile, WhatAppearsMeanwhileStays) {
  const TemporaryFolder folder;
  {
    OutputFile file("verb", folder / "a", Overwrite::no);
    write_durable(file.partial(), "ours");
    write_file(folder / "a", "theirs");
    expect_contains(error_of([&] { file.commit(); }), "File exists; it lies at ");
  }
  EXPECT_EQ(read_file(folder / "a"), "theirs");
  EXPECT_EQ(read_file(folder / ".a.partial"), "ours");
}

TEST(OutputFile, AnErrorLeavesNothingOrTheLinesSoFar) {
  const TemporaryFolder folder;
  {
    const OutputFile gone("verb", folder / "gone", Overwrite::no);
    write_durable(gone.partial(), "half");
    const OutputFile kept("verb", folder / "kept", Overwrite::no, Unfinished::kept);
    write_durable(kept.partial(), "one line\n");
    const OutputFile empty("verb", folder / "empty", Overwrite::no, Unfinished::kept);
    write_durable(empty.partial(), "");
  }
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"kept.partial"});
  expect_contains(
      error_of([&] { OutputFile("verb", folder / "kept", Overwrite::no, Unfinished::kept); }),
      "kept.partial exists, from a command that did not come to its end; move it away");
  OutputFile("verb", folder / "kept", Overwrite::yes, Unfinished::kept);
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(OutputFile, PlacesThatTakeNoFileAreNamed) {
  const TemporaryFolder folder;
  const auto said = [](const fs::path& path) {
    return error_of([&] { OutputFile("verb", path, Overwrite::yes); });
  };
  expect_contains(said(folder.path()), "is no file; name another");
  expect_contains(said("/dev/null"), "/dev/null is no file");
  expect_contains(said(folder / "none/a"), "there is no folder");
  expect_contains(said(folder.path().string() + "/"), "is no name of a file");
  fs::create_symlink(folder / "nowhere", folder / "link");
  expect_contains(said(folder / "link"), "is a link that leads nowhere");
}

TEST(OutputFile, ALinkStandsForItsFile) {
  const TemporaryFolder folder;
  write_file(folder / "there/a", "old");
  fs::create_symlink(folder / "there/a", folder / "link");
  OutputFile file("verb", folder / "link", Overwrite::yes);
  write_durable(file.partial(), "new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "there/a"), "new");
}

TEST(OutputFile, OneProcessWritesAtATime) {
  const TemporaryFolder folder;
  const OutputFile first("verb", folder / "a", Overwrite::no);
  expect_contains(error_of([&] { OutputFile("verb", folder / "a", Overwrite::yes); }),
                  "another process is writing");
}

TEST(OutputFile, ASignalLeavesNothingAndEndsTheProcess) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    const TemporaryFolder folder;
    const auto body = [&] {
      const auto* gone = new OutputFile("verb", folder / "gone", Overwrite::no);
      write_durable(gone->partial(), "half");
      const auto* kept = new OutputFile("verb", folder / "kept", Overwrite::no, Unfinished::kept);
      write_durable(kept->partial(), "one line\n");
    };
    EXPECT_EQ(ending_signal(body, signal), signal);
    EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"kept.partial"});
  }
}

/// What was the rule before is the rule after.
TEST(IfInterrupted, SignalsAreGivenBack) {
  struct sigaction before {
  }, after{};
  ::sigaction(SIGTERM, nullptr, &before);
  {
    const IfInterrupted watched([] {});
    const IfInterrupted also([] {});
    ::sigaction(SIGTERM, nullptr, &after);
    EXPECT_NE(after.sa_handler, before.sa_handler);
  }
  ::sigaction(SIGTERM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST(IfInterrupted, IgnoredSignalsStayIgnored) {
  const TemporaryFolder folder;
  const auto body = [&] {
    ::signal(SIGHUP, SIG_IGN);
    new IfInterrupted([&] { write_file(folder / "tidied", ""); });
    ::raise(SIGHUP);
    EXPECT_TRUE(names_in(folder.path()).empty());
  };
  EXPECT_EQ(ending_signal(body, SIGTERM), SIGTERM);
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"tidied"});
}

/// Whoever gives up meanwhile says nothing: the errors come of what was removed.
TEST(IfInterrupted, NobodyGoesOnWhileASignalIsAnswered) {
  const TemporaryFolder folder;
  const auto body = [&] {
    std::thread([&] {
      auto watched = std::make_unique<IfInterrupted>([&] {
        write_file(folder / "begun", "");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        write_file(folder / "done", "");
      });
      while (!fs::exists(folder / "begun")) std::this_thread::yield();
      watched.reset();
      write_file(folder / "went on", "");
    }).detach();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  EXPECT_EQ(ending_signal(body, SIGINT), SIGINT);
  EXPECT_EQ(names_in(folder.path()), (std::set<std::string>{"begun", "done"}));
}

}  // namespace
}  // namespace tessera
