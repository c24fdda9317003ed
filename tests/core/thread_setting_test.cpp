#include "framework/core/thread_setting.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "framework/core/error.h"

namespace tessera {
namespace {

class ThreadSetting : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* text = std::getenv("OMP_NUM_THREADS")) before_ = text;
  }
  void TearDown() override {
    before_.empty() ? ::unsetenv("OMP_NUM_THREADS")
                    : ::setenv("OMP_NUM_THREADS", before_.c_str(), 1);
  }

  static std::optional<int64_t> of(const char* text) {
    ::setenv("OMP_NUM_THREADS", text, 1);
    return threads_of_environment();
  }

  std::string before_;
};

TEST_F(ThreadSetting, IsTheFirstNumber) {
  ::unsetenv("OMP_NUM_THREADS");
  EXPECT_EQ(threads_of_environment(), std::nullopt);
  EXPECT_EQ(of(""), std::nullopt);
  EXPECT_EQ(of("3"), 3);
  EXPECT_EQ(of(" 4,2"), 4);
}

TEST_F(ThreadSetting, WhatIsNoNumberIsRefused) {
  for (const char* text : {"0", "-2", "many", "2x", "1.5"})
    EXPECT_THROW(of(text), UserError) << text;
}

}  // namespace
}  // namespace tessera
