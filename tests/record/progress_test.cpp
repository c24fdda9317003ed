// What is shown: the words of a line, the width of a bar, and what a terminal is sent.
#include "framework/record/progress.h"

#include <limits>

#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

const ProgressState kState{.step = 120,
                           .steps = 600,
                           .loss = 2.34561,
                           .grad_norm = 0.8312,
                           .learning_rate = 9.8e-4,
                           .tokens_per_s = 5230.4,
                           .utilisation = 0.4123,
                           .seconds_left = 130};

TEST(Progress, Line) {
  EXPECT_EQ(
      progress_line(kState),
      "step 120/600  loss 2.3456  lr 9.8e-04  grad 0.831  5,230 tokens/s  MFU 41.2%  ETA 2 min "
      "10 s");
  ProgressState bad = kState;
  bad.loss = std::numeric_limits<double>::quiet_NaN();
  bad.grad_norm = -std::numeric_limits<double>::infinity();
  bad.utilisation = bad.seconds_left = 0;
  EXPECT_EQ(progress_line(bad), "step 120/600  loss nan  lr 9.8e-04  grad -inf  5,230 tokens/s");
}

TEST(Progress, BarFitsItsColumns) {
  EXPECT_EQ(progress_bar(kState, 200).substr(0, 40), "[###.............] 120/600  loss 2.3456 ");
  for (size_t columns = 1; columns < 130; ++columns)
    EXPECT_LE(progress_bar(kState, columns).size(), columns);
  EXPECT_EQ(progress_bar(kState, 60), "[###.............] 120/600  loss 2.3456  lr 9.8e-04");
  EXPECT_EQ(progress_bar(kState, 10), "120/600");
}

TEST(Progress, TimesAndGroups) {
  EXPECT_EQ(time_text(0.2), "1 s");
  EXPECT_EQ(time_text(59.5), "1 min 00 s");
  EXPECT_EQ(time_text(3.1 * 3600), "3 h 06 min");
  EXPECT_EQ(time_text(2.5 * 86400), "2 d 12 h");
  EXPECT_EQ(time_text(std::numeric_limits<double>::infinity()), "?");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-123456), "-123,456");
}

TEST(Progress, LogHasPlainLinesAtIntervals) {
  std::string shown;
  ProgressDisplay progress([&](std::string_view text) { shown += text; }, false, [] { return 80; });
  progress.step(kState, false);
  progress.busy("evaluating");
  EXPECT_EQ(shown, "");
  progress.step(kState, true);
  progress.say("validation");
  progress.close();
  EXPECT_EQ(shown, progress_line(kState) + "\nvalidation\n");
}

TEST(Progress, TerminalKeepsOneLiveLine) {
  std::string shown;
  ProgressDisplay progress([&](std::string_view text) { shown += text; }, true, [] { return 61; });
  progress.step(kState, false);
  const std::string bar = "\r" + progress_bar(kState, 60) + "\x1b[K";
  EXPECT_EQ(shown, bar);
  progress.say("validation loss 2");  // above the live line, which is drawn again
  EXPECT_EQ(shown, bar + "\r\x1b[Kvalidation loss 2\n" + bar);
  shown.clear();
  progress.busy("saving");
  EXPECT_TRUE(shown.starts_with("\rsaving  [###"));
  shown.clear();
  progress.ready();
  EXPECT_EQ(shown, bar);
  progress.close();
  EXPECT_EQ(shown, bar + "\n");
}

}  // namespace
}  // namespace tessera::testing
