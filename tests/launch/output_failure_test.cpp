// What becomes of a command whose standard output cannot be written.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/launch/workplace.h"

namespace tessera {
namespace {

class OutputFailure : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(folder_.path());
    write_file("text.txt", random_text(1, 300000));
  }
  void TearDown() override { fs::current_path(before_); }

  /// Runs the program in a process whose standard output is `output`; gives the status of waitpid.
  /// Standard error goes to the file `err`.
  static int status_with(int output, const std::vector<std::string>& args) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGPIPE, SIG_IGN);
      ::dup2(output, STDOUT_FILENO);
      ::dup2(::open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
      ::_exit(run_program(args));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// Commands that print little, whose output fails at the end, and much.
  const std::vector<std::vector<std::string>> commands_ = {
      {"--version"},
      {"help", "train"},
      {"config", "--keys"},
      {"tokenizer", "show", "bytes", "a text"},
      {"tokenizer", "encode", "bytes", "text.txt"},
      {"tokenizer", "compare", "bytes", "bytes", "text.txt"},
      {"tokenize", "text.txt", "--out", "shards", "--overwrite"},
      {"data", "stats", "shards"}};

  TemporaryFolder folder_;
  fs::path before_;
};

TEST_F(OutputFailure, AClosedPipeEndsQuietlyByItsSignal) {
  ASSERT_EQ(program({"tokenize", "text.txt", "--out", "shards"}).status, 0);
  for (const auto& words : commands_) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ::close(ends[0]);
    const int status = status_with(ends[1], words);
    ::close(ends[1]);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) << words[0] << ": " << status;
    EXPECT_EQ(read_file("err"), "") << words[0];
  }
}

TEST_F(OutputFailure, AFullDiskIsNamed) {
  ASSERT_EQ(program({"tokenize", "text.txt", "--out", "shards"}).status, 0);
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full here";
  for (const auto& words : commands_) {
    const int status = status_with(full, words);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 2) << words[0] << ": " << status;
    EXPECT_EQ(read_file("err"),
              "tessera: error: standard output cannot be written: No space left on device\n")
        << words[0];
  }
  ::close(full);
}

TEST_F(OutputFailure, AClosedStandardOutputIsNamed) {
  const int none = ::open("/dev/null", O_RDONLY);
  const int status = status_with(none, {"--version"});
  ::close(none);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 2);
  EXPECT_EQ(read_file("err"),
            "tessera: error: standard output cannot be written: Bad file descriptor\n");
}

}  // namespace
}  // namespace tessera
