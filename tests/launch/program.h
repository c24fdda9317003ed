// Runs the program in this process and keeps what it printed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "launch/verbs.h"

namespace tessera {

struct ProgramRun {
  int status;
  std::string out, err;
};

inline ProgramRun program(const std::vector<std::string>& args) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int status = run_program(args);
  std::string out = ::testing::internal::GetCapturedStdout();
  return {status, std::move(out), ::testing::internal::GetCapturedStderr()};
}

}  // namespace tessera
