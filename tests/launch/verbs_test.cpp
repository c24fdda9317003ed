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
    EXPECT_LE(std::count(run.out.begin(), run.out.end(), '\n'), 24) << run.out;
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
