#include "framework/comm/agreement.h"

#include <gtest/gtest.h>

#include "framework/comm/threads.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

TEST(Agreement, TheLargestNumberCounts) {
  EXPECT_EQ(agreed_max(nullptr, 7), 7);
  run_threads(3, [](World& world) {
    EXPECT_EQ(agreed_max(&world, world.rank() == 1 ? 15 : 0), 15);
    EXPECT_EQ(agreed_max(&world, -world.rank()), 0);
  });
}

TEST(Agreement, ATextTravels) {
  for (const std::string& text :
       {std::string(), std::string("nine char"), std::string(100000, 'x')})
    run_threads(3, [&](World& world) {
      EXPECT_EQ(broadcast_text(world, 1, world.rank() == 1 ? text : "another"), text);
    });
}

TEST(Agreement, TheSameTextPasses) {
  run_threads(3, [](World& world) { require_same(world, "configs", "a\nb\n"); });
}

TEST(Agreement, ADifferenceNamesTheRankTheHostAndTheLine) {
  run_threads(3, [](World& world) {
    try {
      require_same(world, "configs", world.rank() == 2 ? "a\nlr: 2\n" : "a\nlr: 1\n");
      ADD_FAILURE() << "a difference passed";
    } catch (const UserError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("configs differ"), std::string::npos) << text;
      EXPECT_NE(text.find("rank 2 on " + world.hosts()[2]), std::string::npos) << text;
      EXPECT_LT(text.find("lr: 2"), text.find("lr: 1")) << text;
    }
  });
}

TEST(Agreement, OneTextMayEndBeforeTheOther) {
  run_threads(2, [](World& world) {
    try {
      require_same(world, "configs", world.rank() == 1 ? "a\n" : "a\nb\n");
      ADD_FAILURE() << "a difference passed";
    } catch (const UserError& error) {
      EXPECT_NE(std::string(error.what()).find("(nothing)"), std::string::npos) << error.what();
    }
  });
}

}  // namespace
}  // namespace tessera
