#include "framework/comm/busy_time.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

BusyTime::Moment at(int second) { return BusyTime::Moment(std::chrono::seconds(second)); }

TEST(BusyTime, IsTheUnionOfWhatOverlaps) {
  BusyTime busy;
  EXPECT_EQ(busy.seconds(at(3)), 0);
  busy.begin(at(10));
  busy.begin(at(12));
  EXPECT_EQ(busy.seconds(at(13)), 3);
  busy.end(at(15));
  busy.end(at(20));
  EXPECT_EQ(busy.seconds(at(30)), 10);
  busy.begin(at(40));
  busy.end(at(41));
  EXPECT_EQ(busy.seconds(at(50)), 11);
}

}  // namespace
}  // namespace tessera
