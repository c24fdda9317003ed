#include "launch/command_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

CommandLine bake() {
  return {"bake",
          "Bakes. A second sentence that is long enough to be wrapped, because nobody reads beyond "
          "the hundredth column.",
          {{"CAKE", "what to bake"}, {"TOPPING", "what to put on it", Word::Count::optional}},
          {set_option(),
           {"minutes", "N", "how long"},
           {"heat", "T", "how hot"},
           {"quiet", "", "say nothing"}},
          {"plum --minutes 30"}};
}

Arguments parse(const std::vector<std::string>& args) { return bake().parse(args).value(); }

std::string complaint(const std::vector<std::string>& args) {
  try {
    bake().parse(args);
  } catch (const UserError& error) {
    return error.what();
  }
  return "(no error)";
}

TEST(CommandLine, ReadsWordsAndOptionsInAnyOrder) {
  const Arguments given =
      parse({"--minutes", "30", "plum", "--set", "a=1", "--quiet", "cream", "--set=b=2"});
  EXPECT_EQ(given.text("CAKE"), "plum");
  EXPECT_EQ(given.text("TOPPING"), "cream");
  EXPECT_EQ(given.integer("minutes", 0), 30);
  EXPECT_TRUE(given.has("quiet"));
  EXPECT_EQ(given.list("set"), (std::vector<std::string>{"a=1", "b=2"}));
}

TEST(CommandLine, WhatIsNotGivenHasItsDefault) {
  const Arguments given = parse({"plum"});
  EXPECT_FALSE(given.has("TOPPING"));
  EXPECT_EQ(given.text("TOPPING", "none"), "none");
  EXPECT_EQ(given.integer("minutes", 7), 7);
  EXPECT_EQ(given.real("heat", 0.5), 0.5);
  EXPECT_TRUE(given.list("set").empty());
}

TEST(CommandLine, AWordMayStandForMany) {
  const CommandLine line{"eat", "Eats.", {{"CAKES", "which", Word::Count::many}}, {}, {}};
  const std::vector<std::string> args{"a", "b", "c"};
  EXPECT_EQ(line.parse(args)->list("CAKES"), args);
  EXPECT_THROW(line.parse({}), UserError);
}

TEST(CommandLine, EveryMistakeSaysWhatToDo) {
  EXPECT_EQ(complaint({}),
            "bake: CAKE is missing; usage: tessera bake CAKE [TOPPING] [OPTIONS] (see `tessera "
            "help bake`)");
  EXPECT_EQ(complaint({"a", "b", "c"}),
            "bake: 'c' is one word too many; usage: tessera bake CAKE [TOPPING] [OPTIONS] (see "
            "`tessera help bake`)");
  EXPECT_EQ(complaint({"a", "--minuets", "3"}),
            "bake: unknown option '--minuets'; did you mean --minutes?; see `tessera help bake`");
  EXPECT_NE(complaint({"a", "--minutes"}).find("'--minutes' is missing"), std::string::npos);
  EXPECT_EQ(complaint({"a", "--minutes", "3", "--minutes=4"}),
            "bake: --minutes is given 2 times; once is enough");
  EXPECT_NE(complaint({"a", "--quiet=yes"}).find("does not take any arguments"), std::string::npos);
  EXPECT_NE(complaint({"a", "--=yes"}).find("names no option"), std::string::npos);
  EXPECT_NE(complaint({"a", "--minut", "3"}).find("unknown option"), std::string::npos)
      << "no abbreviations";
}

TEST(CommandLine, NumbersAreWholeStrictAndBounded) {
  const auto minutes = [](const char* text) {
    return parse({"a", std::string("--minutes=") + text}).integer("minutes", 0, 1);
  };
  EXPECT_EQ(minutes("5"), 5);
  for (const char* bad : {"", "x", "5x", "5.0", "0", "-3", "99999999999999999999"})
    EXPECT_THROW(minutes(bad), UserError) << bad;
  const auto heat = [](const char* text) {
    return parse({"a", std::string("--heat=") + text}).real("heat", 0);
  };
  EXPECT_EQ(heat("0.25"), 0.25);
  for (const char* bad : {"", "warm", "1e999", "nan", "inf", "1.5h"})
    EXPECT_THROW(heat(bad), UserError) << bad;
}

TEST(CommandLine, HelpFitsTheColumns) {
  const std::string help = bake().help();
  size_t longest = 0, column = 0;
  for (const char c : help) {
    column = c == '\n' ? 0 : column + 1;
    longest = std::max(longest, column);
  }
  EXPECT_LE(longest, 100u);
  EXPECT_NE(help.find("tessera bake CAKE [TOPPING] [OPTIONS]\n"), std::string::npos);
  EXPECT_NE(help.find("--minutes N"), std::string::npos);
  EXPECT_NE(help.find("example: tessera bake plum --minutes 30\n"), std::string::npos);
}

TEST(CommandLine, HelpIsPrintedInsteadOfRunning) {
  testing::internal::CaptureStdout();
  const bool runs = bake().parse(std::vector<std::string>{"--help"}).has_value();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), bake().help());
  EXPECT_FALSE(runs);
}

}  // namespace
}  // namespace tessera
