#include "framework/core/user_path.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

class UserPath : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* home = ::getenv("HOME")) home_ = home;
    ::setenv("HOME", "/home/u", 1);
  }
  void TearDown() override { ::setenv("HOME", home_.c_str(), 1); }

  std::string home_;
};

TEST_F(UserPath, TildeIsTheHomeFolder) {
  EXPECT_EQ(user_path("~"), "/home/u");
  EXPECT_EQ(user_path("~/runs/a"), "/home/u/runs/a");
  EXPECT_EQ(user_path("~/"), "/home/u/");
}

TEST_F(UserPath, OtherPathsStayAsTheyAre) {
  for (const char* path : {"", "a", "/a/~", "a~", "./~", "runs/~/x", "./$HOME", "a$b", "$", "$1"})
    EXPECT_EQ(user_path(path), path);
}

TEST_F(UserPath, WhatOnlyAShellKnowsIsRefused) {
  for (const char* path : {"~other", "~other/x", "~+", "$HOME/x", "${HOME}/x", "$_x"})
    EXPECT_THROW(user_path(path), UserError) << path;
  ::unsetenv("HOME");
  EXPECT_THROW(user_path("~/x"), UserError);
  EXPECT_EQ(user_path("x"), "x");
}

}  // namespace
}  // namespace tessera
