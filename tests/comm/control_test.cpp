// The control channel over real sockets, all ranks in one process.
#include "framework/comm/control.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "framework/comm/pulse.h"
#include "framework/core/error.h"
#include "tests/comm/watchdog.h"
#include "tests/under_limit.h"

namespace tessera {
namespace {

/// What one rank hears from its control channel.
struct Ear {
  std::mutex mutex;
  std::condition_variable changed;
  std::string over;
  std::vector<std::string> warnings;
  int beats = 0;

  std::string wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !over.empty(); });
    return over;
  }
  void wait_for_beats(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return beats >= count; });
  }
};

Control::Options options(int rank, Ear& ear, const WatchLimits& limits = {}) {
  const auto beat = [&ear] {
    const std::lock_guard lock(ear.mutex);
    ++ear.beats;
    ear.changed.notify_all();
    return Beat{};
  };
  const auto over = [&ear](const std::string& reason) {
    const std::lock_guard lock(ear.mutex);
    ear.over = reason;
    ear.changed.notify_all();
  };
  return {.rank = rank,
          .hosts = {"a", "b", "c"},
          .limits = limits,
          .beat = beat,
          .over = over,
          .warn = [&ear](const std::string& text) {
            const std::lock_guard lock(ear.mutex);
            ear.warnings.push_back(text);
          }};
}

/// The control channels of three ranks.
struct Star {
  Ear ears[3];
  ControlAddress address;
  std::unique_ptr<Control> ranks[3];

  explicit Star(const WatchLimits& limits = {}) {
    auto listener = std::make_unique<ControlListener>(4711);
    address = listener->address();
    ranks[0] = std::make_unique<Control>(options(0, ears[0], limits), std::move(listener));
    for (const int rank : {1, 2})
      ranks[rank] = std::make_unique<Control>(options(rank, ears[rank], limits), address);
  }
};

/// A connection of somebody who has found the port.
int stranger(const ControlAddress& address) {
  const int file = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(address.port);
  EXPECT_EQ(connect(file, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  return file;
}

void say(int file, const std::string& text) {
  EXPECT_EQ(send(file, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

/// Whether the other side hangs up.
bool hung_up(int file) {
  char text[256];
  ssize_t n = 1;
  while (n > 0) n = recv(file, text, sizeof(text), 0);
  return n == 0 || errno == ECONNRESET;
}

TEST(Control, AFailureIsHeardByAll) {
  const Watchdog watchdog("a failure");
  for (const int failing : {0, 1}) {
    Star star;
    star.ranks[failing]->fail("rank x failed:\n\tthe disk is full");
    for (Ear& ear : star.ears) EXPECT_EQ(ear.wait(), "rank x failed:\n\tthe disk is full");
  }
}

TEST(Control, LeavingInOrderIsNoFailure) {
  const Watchdog watchdog("leaving");
  Star star;
  star.ranks[1].reset();
  star.ears[0].wait_for_beats(2);
  star.ranks[0].reset();
  star.ears[2].wait_for_beats(2);
  star.ranks[2].reset();
  for (const Ear& ear : star.ears) EXPECT_EQ(ear.over, "");
}

TEST(Control, WarningsArePrintedByRankZeroTheLastOnesToo) {
  const Watchdog watchdog("warnings");
  Star star;
  star.ranks[2]->warn("hot\nhotter");
  std::thread first([&] { star.ranks[0].reset(); });  // and waits for the others' last words
  star.ranks[1]->warn("loud");
  star.ranks[1].reset();
  star.ranks[2].reset();
  first.join();
  std::vector<std::string> said = star.ears[0].warnings;
  std::ranges::sort(said);
  EXPECT_EQ(said, (std::vector<std::string>{"rank 1 (b): loud", "rank 2 (c): hot\nhotter"}));
  EXPECT_TRUE(star.ears[1].warnings.empty() && star.ears[2].warnings.empty());
}

TEST(Control, ALostConnectionIsADeath) {
  const Watchdog watchdog("a lost connection");
  Ear ear;
  auto listener = std::make_unique<ControlListener>(4711);
  const ControlAddress address = listener->address();
  const Control first(options(0, ear), std::move(listener));
  const int file = stranger(address);
  say(file, "hello\t2\t4711\n");
  char text[14] = "";
  EXPECT_EQ(recv(file, text, 13, MSG_WAITALL), 13);
  EXPECT_STREQ(text, "welcome\t4711\n");
  close(file);
  EXPECT_EQ(ear.wait(), "rank 2 (c) died: its connection broke without a word");
}

/// A line that stands still, as a line of TCP does after an outage, is no silence while signs of
/// life come.
TEST(Control, SignsOfLifeGoBesideTheLine) {
  const Watchdog watchdog("signs of life");
  Ear ear;
  auto listener = std::make_unique<ControlListener>(4711);
  const ControlAddress address = listener->address();
  Control::Options leader = options(0, ear, {.silence = 2});
  leader.hosts = {"a", "b"};
  const Control first(std::move(leader), std::move(listener));
  const int file = stranger(address);
  say(file, "hello\t1\t4711\n");
  const Pulse pulse(4711, 1, htonl(INADDR_LOOPBACK), address.pulse_port);
  const Pulse other(4712, 1, htonl(INADDR_LOOPBACK), address.pulse_port);
  std::vector<int> answers;
  for (int i = 0; i < 20; ++i) {
    pulse.beat();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    for (const int rank : pulse.receive()) answers.push_back(rank);
  }
  EXPECT_GE(answers.size(), 15U);
  EXPECT_EQ(std::ranges::count(answers, 0), static_cast<int64_t>(answers.size()));
  {
    const std::lock_guard lock(ear.mutex);
    EXPECT_EQ(ear.over, "");
  }
  for (int i = 0; i < 20; ++i) {
    other.beat();  // a sign of life from a stranger
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_TRUE(other.receive().empty());
  EXPECT_NE(ear.wait().find("rank 1 (b) has given no sign of life"), std::string::npos) << ear.over;
  close(file);
}

TEST(Control, ARankThatNeverComesIsMissed) {
  const Watchdog watchdog("a rank that never comes");
  Ear ear;
  const Control first(options(0, ear, {.silence = 1}), std::make_unique<ControlListener>(4711));
  EXPECT_NE(ear.wait().find("rank 1 (b), rank 2 (c) have given no sign of life"), std::string::npos)
      << ear.over;
}

TEST(Control, StrangersAreTurnedAway) {
  const Watchdog watchdog("strangers");
  Star star;
  for (const std::string text : {"GET / HTTP/1.1\n", "hello\t1\t4712\n", "hello\t0\t4711\n",
                                 "hello\t3\t4711\n", "hello\tx\t4711\n", "fail\toops\n"}) {
    const int file = stranger(star.address);
    say(file, text);
    EXPECT_TRUE(hung_up(file)) << text;
    close(file);
  }
  for (Ear& ear : star.ears) {
    const std::lock_guard lock(ear.mutex);
    EXPECT_EQ(ear.over, "");
  }
}

TEST(Control, NonsenseFromARankEndsTheRun) {
  const Watchdog watchdog("nonsense");
  Ear ear;
  auto listener = std::make_unique<ControlListener>(4711);
  const ControlAddress address = listener->address();
  const Control first(options(0, ear), std::move(listener));
  const int file = stranger(address);
  say(file, "hello\t1\t4711\ngroup\t7\t0\t9\n");
  EXPECT_NE(ear.wait().find("rank 1 (b) died"), std::string::npos) << ear.over;
  close(file);
}

TEST(Control, AListenerWithoutASocketSaysWhy) {
  EXPECT_EQ(error_under_limit(RLIMIT_NOFILE, 0, [] { const ControlListener none(1); }),
            "the control channel cannot listen: Too many open files");
}

TEST(Control, WhatListensIsNotHandedOnToOtherPrograms) {
  const ControlListener listener(1);
  for (const int file : {listener.file(), listener.pulse().file()})
    EXPECT_NE(fcntl(file, F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Control, SaysWhereItLookedForRankZero) {
  Ear ear;
  ControlAddress nowhere;
  {
    const ControlListener gone(1);
    nowhere = gone.address();
  }
  try {
    const Control control(options(1, ear), nowhere);
    FAIL() << "it found rank 0";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("127.0.0.1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tessera
