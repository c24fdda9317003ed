#include "framework/core/thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>

#include "framework/core/threads.h"
#include "tests/under_limit.h"

namespace tessera {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // a sanitizer takes memory itself, and ends where it gets none
#else
constexpr bool kSanitized = false;
#endif

/// What `body` throws where no memory is left for another thread's stack.
std::string without_memory(const std::function<void()>& body) {
  return error_under_limit(RLIMIT_AS, 1 << 20, body);  // less than is taken already
}

TEST(Thread, RunsItsBody) {
  std::atomic<bool> ran = false;
  start_thread([&] { ran = true; }).join();
  EXPECT_TRUE(ran);
}

TEST(Thread, OneThatIsRefusedSaysWhichLimitsThereAre) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs the memory";
  // Many at once, since the stacks of threads that have ended are used again.
  const std::string said = without_memory([] { require_threads(64); });
  EXPECT_TRUE(said.starts_with("the system refuses another thread: ")) << said;
  EXPECT_NE(said.find("1024 KiB of address space (ulimit -v)"), std::string::npos) << said;
  EXPECT_NE(said.find("lower device.threads"), std::string::npos) << said;
}

TEST(Thread, APoolThatTheSystemRefusesIsSaidBeforeItIsUsed) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs the memory";
  const int before = thread_count();
  const std::string said = without_memory([] { set_thread_count(64); });
  EXPECT_TRUE(said.starts_with("the system refuses another thread: ")) << said;
  EXPECT_EQ(thread_count(), before);
  require_threads(0);
  require_threads(3);
}

}  // namespace
}  // namespace tessera
