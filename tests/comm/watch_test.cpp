#include "framework/comm/watch.h"

#include <gtest/gtest.h>

#include "framework/comm/awake_clock.h"
#include "framework/comm/beat.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

const WatchLimits kLimits{.silence = 60, .hang = 100};

Watch three_ranks() {
  Watch watch({"a", "b", "b"}, {1, 2}, kLimits, 0);
  watch.group(7, {0, 1, 2});
  watch.group(8, {1, 2});
  return watch;
}

Beat waiting(uint64_t group, int64_t ticket, const char* title, double seconds) {
  return {.group = group,
          .ticket = ticket,
          .title = title,
          .waiting = seconds,
          .groups = {{group, ticket, ticket - 1}}};
}

TEST(Watch, TheFirstCauseStays) {
  Watch watch = three_ranks();
  EXPECT_FALSE(watch.verdict());
  watch.failed(2, "rank 2 (b) failed: the disk is full");
  watch.closed(1);
  EXPECT_EQ(watch.verdict(), "rank 2 (b) failed: the disk is full");
}

TEST(Watch, ABrokenConnectionIsADeathUnlessTheRankHasLeft) {
  Watch watch = three_ranks();
  watch.left(1);
  watch.closed(1);
  watch.closed(0);  // not watched
  EXPECT_FALSE(watch.verdict());
  watch.closed(2);
  EXPECT_EQ(watch.verdict(), "rank 2 (b) died: its connection broke without a word");
}

TEST(Watch, ASilentRankIsNamed) {
  Watch watch = three_ranks();
  watch.heard(1, 30);
  watch.heard(2, 20);
  watch.tick(79);
  EXPECT_FALSE(watch.verdict());
  watch.tick(81);
  EXPECT_EQ(watch.verdict(),
            "rank 2 (b) has given no sign of life for 61 s: it is stopped, or its network is cut");
}

TEST(Watch, ASilentHostIsNamedWithAllItsRanksAndWhoWaitsForThem) {
  Watch watch = three_ranks();
  watch.heard(1, 1);
  // The first collective of all: none that it finished before speaks for the others.
  watch.beat(0, waiting(7, 1, "all_reduce of wte.gradient", 20), 30);
  watch.tick(60.2);
  EXPECT_EQ(watch.verdict(),
            "rank 1 (b), rank 2 (b) have given no sign of life for 60 s: they are stopped, or "
            "their network is cut; rank 0 (a) waits for rank 1 (b) to come to all_reduce of "
            "wte.gradient");
}

TEST(Watch, ARankThatHasLeftMayBeSilent) {
  Watch watch = three_ranks();
  watch.left(1);
  watch.left(2);
  watch.tick(1000);
  EXPECT_FALSE(watch.verdict());
}

TEST(Watch, AHangNamesTheCollectiveAndWhoNeverCame) {
  Watch watch = three_ranks();
  watch.beat(0, waiting(7, 5, "all_reduce of wte.gradient", 99), 200);
  watch.beat(1, waiting(7, 5, "all_reduce of wte.gradient", 98), 200);
  watch.beat(2, {.groups = {{7, 4, 4}}}, 200);
  watch.tick(200.5);
  EXPECT_FALSE(watch.verdict());
  watch.tick(201.5);
  EXPECT_EQ(
      watch.verdict(),
      "all_reduce of wte.gradient hangs: rank 0 (a) has waited for it for 100 s, and rank 2 (b) "
      "never came");
}

TEST(Watch, AHangIsExplainedByTheRankThatWaitsForNothing) {
  Watch watch = three_ranks();
  // Rank 0 waits for rank 1, which waits for rank 2, which does something else.
  watch.beat(0, waiting(7, 5, "all_reduce of x", 150), 200);
  Beat second = waiting(8, 3, "all_gather of y", 140);
  second.groups.push_back({7, 4, 4});
  watch.beat(1, second, 200);
  watch.beat(2, {.groups = {{7, 5, 4}, {8, 2, 2}}}, 200);
  watch.tick(200);
  EXPECT_EQ(
      watch.verdict(),
      "all_gather of y hangs: rank 1 (b) has waited for it for 140 s, and rank 2 (b) never came");
}

TEST(Watch, RanksThatWaitForEachOtherAreBothNamed) {
  Watch watch({"a", "b"}, {1}, kLimits, 0);
  watch.group(7, {0, 1});
  watch.group(9, {1, 0});
  watch.beat(0, waiting(7, 1, "all_reduce of x", 150), 200);
  watch.beat(1, waiting(9, 1, "all_gather of y", 150), 200);
  watch.tick(200);
  EXPECT_EQ(
      watch.verdict(),
      "all_reduce of x hangs: rank 0 (a) has waited for it for 150 s, and rank 1 (b), which waits "
      "for all_gather of y, never came");
}

TEST(Watch, AHangWhereAllHaveCome) {
  Watch watch = three_ranks();
  for (const int rank : {0, 1, 2}) watch.beat(rank, waiting(7, 5, "broadcast of x", 120), 150);
  watch.tick(150);
  EXPECT_EQ(
      watch.verdict(),
      "broadcast of x hangs: rank 0 (a) has waited for it for 120 s, and all ranks of its group "
      "have come");
}

TEST(Watch, ASlowRankIsNamedOnceForEachStretch) {
  Watch watch = three_ranks();
  const auto beat = [&](int64_t finished, double waited, double slow_waited, double now) {
    watch.beat(0, {.finished = finished, .blocked = waited}, now);
    watch.beat(1, {.finished = finished, .blocked = slow_waited}, now);
    watch.beat(2, {.finished = finished, .blocked = waited + 0.1}, now);
    watch.tick(now);
    return watch.take_warnings();
  };
  EXPECT_TRUE(beat(99, 5, 0, 20).empty());  // too few collectives
  const auto warnings = beat(100, 10, 0, 20);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0], "rank 1 (b) is slow: the others waited for it 50 % of the last 20 s");
  EXPECT_TRUE(beat(100, 10, 0, 21).empty());
  EXPECT_TRUE(beat(300, 15, 5, 40).empty());  // all waited alike since
  EXPECT_FALSE(watch.verdict());
}

TEST(Watch, CollectivesThatFinishAreSignsOfLife) {
  Watch watch = three_ranks();
  // The connections of ranks 1 and 2 are silent, but rank 0 gets done what it does with both.
  watch.beat(0, {.groups = {{7, 5, 5}}}, 1);
  for (int64_t done = 6; done < 20; ++done) {
    const double now = 10.0 * static_cast<double>(done - 5);
    watch.beat(0, {.groups = {{7, done, done}}}, now);
    watch.tick(now);
    EXPECT_FALSE(watch.verdict()) << *watch.verdict();
  }
  watch.tick(199);
  EXPECT_FALSE(watch.verdict());
  watch.beat(0, {.groups = {{7, 20, 19}}}, 200.5);  // one more has begun, none has finished
  watch.tick(200.5);
  ASSERT_TRUE(watch.verdict());
  EXPECT_NE(watch.verdict()->find("given no sign of life for 60 s"), std::string::npos)
      << *watch.verdict();
}

TEST(Watch, CollectivesOfOthersAreSignsOfThoseInThemAlone) {
  Watch watch({"a", "b", "c", "d"}, {1, 2, 3}, kLimits, 0);
  watch.group(8, {1, 2});
  watch.beat(1, {.groups = {{8, 3, 3}}}, 50);
  watch.tick(61);
  EXPECT_EQ(watch.verdict(),
            "rank 3 (d) has given no sign of life for 61 s: it is stopped, or its network is cut");
}

TEST(Watch, ARankJudgesRankZeroByItsOwnCollectivesToo) {
  Watch watch({"a", "b"}, {0}, kLimits, 0);
  watch.group(7, {0, 1});
  watch.progress(1, {.groups = {{7, 2, 2}}}, 50);
  watch.tick(109);
  EXPECT_FALSE(watch.verdict());
  watch.progress(1, {.groups = {{7, 3, 2}}}, 110.5);
  watch.tick(110.5);
  EXPECT_TRUE(watch.verdict());
}

TEST(Watch, AWaitBeginsAnewWithEveryCollectiveThatFinishes) {
  Watch watch = three_ranks();
  // One wait for the last of many, which finish one by one.
  for (int64_t ticket = 1; ticket <= 5; ++ticket) {
    const auto now = 60.0 * static_cast<double>(ticket);
    for (const int rank : {0, 1, 2})
      watch.beat(rank, waiting(7, ticket, "all_reduce of x", now), now);
    watch.tick(now + 1);
    EXPECT_FALSE(watch.verdict()) << *watch.verdict();
  }
}

/// Every rank of a job is stopped and goes on later: the clock of the system runs on, that of the
/// judge does not.
TEST(Watch, AJobThatWasSuspendedGoesOn) {
  double real = 1000;
  AwakeClock clock(real);
  Watch watch({"a", "b"}, {1}, kLimits, clock.at(real));
  watch.group(7, {0, 1});
  const auto look = [&] { watch.tick(clock.at(real)); };
  const auto beats = [&](double waited) {
    watch.beat(0, waiting(7, 5, "all_reduce of x", waited), clock.at(real));
    watch.beat(1, {.groups = {{7, 4, 4}}}, clock.at(real));
  };
  for (int i = 0; i < 40; ++i, real += 0.25) {
    if (i % 4 == 0) beats(i * 0.25);
    look();
  }
  real += 10'000;  // SIGSTOP to all of them, SIGCONT
  look();
  EXPECT_FALSE(watch.verdict()) << *watch.verdict();
  beats(10'010);
  for (int i = 0; i < 40; ++i, real += 0.25) look();
  EXPECT_FALSE(watch.verdict()) << *watch.verdict();
  // A judge that is awake misses a rank as before.
  for (int i = 0; i < 240 && !watch.verdict(); ++i, real += 0.25) look();
  ASSERT_TRUE(watch.verdict());
  EXPECT_NE(watch.verdict()->find("rank 1 (b) has given no sign of life for 60 s"),
            std::string::npos)
      << *watch.verdict();
}

TEST(AwakeClock, CountsNoMoreThanASecondBetweenTwoLooks) {
  AwakeClock clock(50);
  EXPECT_EQ(clock.at(50), 0);
  EXPECT_EQ(clock.at(50.25), 0.25);
  EXPECT_EQ(clock.at(51.25), 1.25);
  EXPECT_EQ(clock.at(900), 2.25);
  EXPECT_EQ(clock.at(900.5), 2.75);
  EXPECT_EQ(clock.at(900), 2.75);  // a look at an earlier time
}

TEST(Beats, GoOverTheWireAsTheyAre) {
  const Beat beat{.group = ~uint64_t{0},
                  .ticket = 12,
                  .title = "all_reduce of a\tb\\n\nc\\",
                  .waiting = 0.125,
                  .groups = {{3, 4, 2}, {~uint64_t{0}, 12, 12}},
                  .finished = 1'000'000'000'000,
                  .blocked = 1e-9};
  EXPECT_EQ(to_line(beat).find('\n'), std::string::npos);
  EXPECT_EQ(parse_beat(to_line(beat)), beat);
  EXPECT_EQ(parse_beat(to_line(Beat{})), Beat{});
}

TEST(Beats, OtherLinesAreRefused) {
  for (const char* line :
       {"", "beat", "beat\t1\t2\tx\t3\t4", "bear\t1\t2\tx\t3\t4\t5", "beat\t1\t2\tx\t3\t4\t5\t6",
        "beat\t1\t2\tx\t3\t4\t5\t6\t7", "beat\tx\t2\tx\t3\t4\t5", "beat\t1\t2\tx\t3s\t4\t5",
        "beat\t-1\t2\tx\t3\t4\t5"})
    EXPECT_THROW(parse_beat(line), InternalError) << line;
}

}  // namespace
}  // namespace tessera
