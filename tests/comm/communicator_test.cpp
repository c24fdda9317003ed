// What every collective passes through.
#include "framework/comm/communicator.h"

#include <gtest/gtest.h>

#include <tuple>

#include "framework/core/error.h"

namespace tessera {
namespace {

TEST(Communicator, ACallThatIsRefusedIsNamed) {
  float x = 0;
  const Collective call{.kind = Collective::Kind::shift, .pieces = {{&x, &x, 1}}, .name = "keys"};
  try {
    verify(call, 4);
    FAIL() << "it is not refused";
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(), "shift of keys: a piece that takes the place of what it sends");
  }
}

TEST(Communicator, AShiftKnowsWhereItsPartComesFrom) {
  for (const auto& [offset, rank, from] : {std::tuple{1, 0, 3},
                                           {1, 3, 2},
                                           {-1, 3, 0},
                                           {0, 2, 2},
                                           {4, 1, 1},
                                           {-4, 1, 1},
                                           {9, 0, 3},
                                           {-9, 0, 1}})
    EXPECT_EQ(shifted_from({.offset = offset}, rank, 4), from) << offset << " at " << rank;
}

}  // namespace
}  // namespace tessera
