#include "framework/core/error_context.h"

#include <gtest/gtest.h>

#include <functional>

namespace tessera {
namespace {

std::string explain(const char* error) { return std::string("node 7: ") + error; }

template <typename Error>
std::string message(const std::function<int()>& work) {
  try {
    in_context(work, explain);
  } catch (const Error& error) {
    return error.what();
  }
  return "no such error";
}

TEST(ErrorContext, KindsAreKeptAndTold) {
  EXPECT_EQ(in_context([] { return 3; }, explain), 3);
  EXPECT_EQ(message<UserError>([]() -> int { user_error("no"); }), "node 7: no");
  EXPECT_EQ(message<InternalError>([]() -> int { internal_error("no"); }), "node 7: no");
  EXPECT_EQ(message<InternalError>([]() -> int { throw std::out_of_range("no"); }), "node 7: no");
  EXPECT_THROW(in_context([]() -> int { throw std::bad_alloc(); }, explain), std::bad_alloc);
}

}  // namespace
}  // namespace tessera
