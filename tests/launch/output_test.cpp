// What the verbs that write files leave when something comes between, and what they write over.
#include <csignal>
#include <thread>

#include "tests/launch/shell.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

/// A GPT of next to nothing, and prompts that take it minutes.
class Output : public ::testing::Test {
 protected:
  Output() {
    const ProgramRun run = program(place_.train(
        "run", {"train.steps=1 steps", "schedule.warmup=0 steps", "evaluate.every=0 steps"}));
    EXPECT_EQ(run.status, 0) << run.err;
    std::string prompts;
    for (int i = 0; i < 100'000; ++i) prompts += "ab\n";
    write_file(place_.folder / "prompts", prompts);
    write_file(place_.folder / "few", "ab\ncd\n");
  }
  std::string path(const std::string& name) const { return place_.path(name); }
  std::vector<std::string> generate(const std::string& prompts) const {
    return {"generate", path("run"), "--prompts",   path(prompts), "--tokens",
            "3",        "--out",     path("texts"), "--batch",     "2"};
  }
  /// The lines of the unfinished file, each of which must be whole.
  int64_t whole_lines() const {
    std::istringstream lines(read_file(place_.folder / "texts.partial"));
    int64_t count = 0;
    for (std::string line; std::getline(lines, line); ++count)
      EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_GT(count, 0);
    return count;
  }

  const Workplace place_;
};

TEST_F(Output, ASignalLeavesTheLinesSoFarUnderAnotherName) {
  const pid_t child = start(generate("prompts"), path("said"));
  std::error_code error;
  while (fs::file_size(path("texts.partial"), error) < 1 || error)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(child, SIGINT);
  const int status = wait_for(child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
  EXPECT_FALSE(fs::exists(path("texts")));
  expect_in(read_file(place_.folder / "said"),
            {fmt::format("texts is not whole; {} holds its first {} line", path("texts.partial"),
                         whole_lines())});

  const ProgramRun again = program(generate("few"));
  EXPECT_EQ(again.status, 2);
  expect_in(again.err, {"texts.partial exists, from a command that did not come to its end"});
  std::vector<std::string> over = generate("few");
  over.emplace_back("--overwrite");
  EXPECT_EQ(program(over).status, 0);
  EXPECT_FALSE(fs::exists(path("texts.partial")));
  EXPECT_EQ(std::ranges::count(read_file(path("texts")), '\n'), 2);
}

TEST_F(Output, AFullDiskLeavesTheLinesSoFar) {
  std::string words;
  for (const std::string& word : generate("prompts")) words += " '" + word + "'";
  const Ended ended = shell("ulimit -f 4; " + program_path() + words);
  EXPECT_EQ(ended.status, 2);
  expect_in(ended.output, {"texts.partial: File too large; make room",
                           fmt::format("holds its first {} lines", whole_lines())});
  EXPECT_FALSE(fs::exists(path("texts")));
}

TEST_F(Output, NothingIsWrittenOverUnasked) {
  write_file(place_.folder / "texts", "mine");
  write_file(place_.folder / "vectors", "mine");
  const std::vector<std::string> embed{"embed", path("run"), path("few"),    "--pool",
                                       "mean",  "--out",     path("vectors")};
  for (std::vector<std::string> words : {generate("few"), embed}) {
    const ProgramRun run = program(words);
    EXPECT_EQ(run.status, 2);
    expect_in(run.err,
              {words[0] + ": ", "exists; name another file, or replace it with --overwrit"});
    words.emplace_back("--overwrite");
    EXPECT_EQ(program(words).status, 0);
  }
  EXPECT_NE(read_file(place_.folder / "texts"), "mine");
  EXPECT_NE(read_file(place_.folder / "vectors"), "mine");
}

TEST_F(Output, ADeviceIsWrittenTo) {
  std::vector<std::string> words = generate("few");
  words[7] = "/dev/null";
  EXPECT_EQ(program(words).status, 0);
  words[7] = "/dev/full";
  const ProgramRun run = program(words);
  EXPECT_EQ(run.status, 2);
  expect_in(run.err, {"/dev/full cannot be written: No space left on device"});
}

/// Vectors are of no use in part.
TEST_F(Output, AFullDiskLeavesNoVectors) {
  const Ended ended = shell("ulimit -f 1; " + program_path() + " embed " + path("run") + " " +
                            path("prompts") + " --pool mean --out " + path("vectors"));
  EXPECT_EQ(ended.status, 2);
  expect_in(ended.output, {"File too large; make room"});
  EXPECT_FALSE(fs::exists(path("vectors")));
  EXPECT_FALSE(fs::exists(path(".vectors.partial")));
}

}  // namespace
}  // namespace tessera
