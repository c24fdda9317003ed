// What every collective passes through.
#include "framework/comm/communicator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <tuple>

#include "framework/core/error.h"

namespace {

std::atomic<int64_t> allocations = 0;

}  // namespace

// These operators stand in place of the library's own, in all of this program.
void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace tessera {
namespace {

TEST(Communicator, ACallThatIsRightIsVerifiedWithoutAllocating) {
  float in[4] = {}, out[4] = {};
  const Collective call{.kind = Collective::Kind::shift,
                        .pieces = {{in, out, 1}, {in + 1, out + 1, 3}},
                        .name = "a name that is too long for a short string of the library"};
  const int64_t before = allocations;
  verify(call, 4);
  EXPECT_EQ(allocations, before);
}

TEST(Communicator, ACallThatIsRefusedIsNamed) {
  float x = 0;
  const Collective call{.kind = Collective::Kind::shift, .pieces = {{&x, &x, 1}}, .name = "keys"};
  try {
    verify(call, 4);
    FAIL() << "it is not refused";
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(),
                 "shift of keys, in a group of 4 ranks: a piece that takes the place of what it "
                 "sends");
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
