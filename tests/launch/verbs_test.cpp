#include "launch/verbs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

/// The verbs that the overview lists.
std::vector<std::string> verbs() {
  std::vector<std::string> names;
  std::istringstream lines(program({"help"}).out);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  ")) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  return names;
}

TEST(Verbs, TheOverviewIsThereWithoutAndWithHelp) {
  EXPECT_FALSE(verbs().empty());
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{}, {"help"}, {"--help"}, {"-h"}, {"help", "help"}}) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 0);
    EXPECT_EQ(run.out, program({"help"}).out);
  }
  EXPECT_EQ(program({"--version"}).out.substr(0, 8), "tessera ");
}

TEST(Verbs, HelpOfEachFitsAScreen) {
  for (const std::string& verb : verbs()) {
    const ProgramRun run = program({"help", verb});
    EXPECT_EQ(run.status, 0) << verb;
    EXPECT_TRUE(run.out.starts_with("tessera " + verb)) << run.out;
    EXPECT_LE(std::count(run.out.begin(), run.out.end(), '\n'), 30) << run.out;
    EXPECT_EQ(run.out, program({verb, "--help"}).out);
  }
}

TEST(Verbs, EachRefusesAnUnknownOption) {
  for (const std::string& verb : verbs()) {
    const ProgramRun run = program({verb, "--hlep"});
    EXPECT_EQ(run.status, 2) << verb;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err, "tessera: error: " + verb +
                           ": unknown option '--hlep'; did you mean --help?; see `tessera help " +
                           verb + "`\n");
  }
}

/// This process as one of several that mpirun has started.
class OneOf {
 public:
  OneOf(int rank, int ranks) {
    ::setenv("OMPI_COMM_WORLD_RANK", std::to_string(rank).c_str(), 1);
    ::setenv("OMPI_COMM_WORLD_SIZE", std::to_string(ranks).c_str(), 1);
  }
  ~OneOf() {
    ::unsetenv("OMPI_COMM_WORLD_RANK");
    ::unsetenv("OMPI_COMM_WORLD_SIZE");
  }
  OneOf(const OneOf&) = delete;
  OneOf& operator=(const OneOf&) = delete;
};

ProgramRun as_rank(int rank, int ranks, const std::vector<std::string>& args) {
  const OneOf started(rank, ranks);
  return program(args);
}

TEST(Verbs, OneOfSeveralProcessesPrints) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{},
                                               {"help"},
                                               {"help", "train"},
                                               {"--version"},
                                               {"eval", "--help"},
                                               {"config", "--keys", "log"},
                                               {"confg"},
                                               {"config", "--hlep"},
                                               {"config", "nowhere.yaml"}}) {
    const ProgramRun alone = program(args), first = as_rank(0, 4, args),
                     other = as_rank(2, 4, args);
    EXPECT_EQ(first.status, alone.status);
    EXPECT_EQ(first.out, alone.out);
    EXPECT_EQ(first.err, alone.err);
    EXPECT_EQ(other.out + other.err, "") << (args.empty() ? "" : args[0]);
    EXPECT_EQ(other.status, 0);
  }
}

/// Verbs that do the work of one process say what to give instead, once.
TEST(Verbs, WorkOfOneProcessIsRefusedToSeveral) {
  for (const std::string verb :
       {"doctor", "export", "import", "plan", "quickstart", "tokenize", "verify"}) {
    const std::vector<std::string> args{verb, "a b", "--set", "x=1"};
    const ProgramRun first = as_rank(0, 4, args), other = as_rank(3, 4, args);
    EXPECT_EQ(first.status, 2) << verb;
    EXPECT_TRUE(first.err.starts_with("tessera: error: " + verb +
                                      " is the work of one process, and 4 were started; give it "
                                      "without launch/run (mpirun, srun): tessera " +
                                      verb + " 'a b' --set x=1"))
        << first.err;
    EXPECT_EQ(first.out + other.out + other.err, "") << verb;
    EXPECT_EQ(other.status, 0) << verb;
    EXPECT_EQ(as_rank(0, 1, args).err, program(args).err) << verb << " on one rank";
  }
  EXPECT_NE(as_rank(0, 4, {"plan", "c.yaml"}).err.find("--mesh dp=4"), std::string::npos);
}

TEST(Verbs, AMistypedVerbIsAnsweredWithTheNearest) {
  const ProgramRun run = program({"confg"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(
      run.err,
      "tessera: error: unknown verb 'confg'; did you mean 'config'?; `tessera help` lists them\n");
  EXPECT_EQ(program({"help", "zzzzzz"}).status, 2);
  EXPECT_EQ(program({"help", "config", "doctor"}).status, 2);
}

TEST(Verbs, AnOptionIsNoVerb) {
  const ProgramRun run = program({"--nosuch"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.err,
            "tessera: error: unknown option '--nosuch'; the verb comes first: tessera VERB "
            "[WORDS] [OPTIONS]\n");
  const ProgramRun version = program({"--version", "extra"});
  EXPECT_EQ(version.status, 2);
  EXPECT_EQ(version.out, "");
  EXPECT_NE(version.err.find("'extra' is one word too many"), std::string::npos) << version.err;
}

TEST(Program, ItsExitStatusIsThatOfTheVerb) {
  const std::string command = program_path();
  EXPECT_EQ(std::system((command + " help >/dev/null").c_str()), 0);
  EXPECT_EQ(WEXITSTATUS(std::system((command + " nothing 2>/dev/null").c_str())), 2);
}

TEST(Program, OutputThatCannotBeWrittenIsAnError) {
  const std::string command = program_path();
  EXPECT_EQ(WEXITSTATUS(std::system((command + " help >/dev/full 2>/dev/null").c_str())), 2);
}

}  // namespace
}  // namespace tessera
