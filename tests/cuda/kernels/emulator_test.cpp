// The emulator itself: orders, exchanges, threads that do not meet, failures, launches that wait.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "framework/core/error.h"
#define TESSERA_GPU_MEANING "tests/cuda/emulator/gpu.h"
#include "framework/kernels/cuda/shared/gpu.h"

namespace tessera {
namespace {

class Emulator : public testing::Test {
 protected:
  ~Emulator() override {
    emulator::set_launch_hook(nullptr);
    emulator::set_order(emulator::Order::forward);
  }
};

__global__ void note_turn(std::vector<int64_t>* turns) {
  turns->push_back(gpu::block_index() * gpu::block_threads() + gpu::thread_index());
}

TEST_F(Emulator, ThreadsTakeTurnsInTheOrderAskedFor) {
  const auto turns_in = [](emulator::Order order) {
    std::vector<int64_t> turns;
    emulator::set_order(order);
    gpu::launch({"note_turn", nullptr, 2, 64}, note_turn, &turns);
    return turns;
  };
  std::vector<int64_t> rising(128);
  std::iota(rising.begin(), rising.end(), 0);
  EXPECT_EQ(turns_in(emulator::Order::forward), rising);
  auto turns = turns_in(emulator::Order::reverse);
  EXPECT_EQ(turns[0], 63);
  EXPECT_EQ(turns[127], 64);  // blocks run in their order
  turns = turns_in(emulator::Order::random);
  EXPECT_NE(turns, rising);
  std::sort(turns.begin(), turns.end());
  EXPECT_EQ(turns, rising);
}

__global__ void exchange(int* sums, int* below, uint32_t* bits) {
  const int me = gpu::thread_index();
  int sum = me;
  for (int d = 16; d > 0; d /= 2) sum += gpu::shuffle_xor(sum, d);
  sums[me] = sum;
  below[me] = gpu::shuffle_up(me, 3);
  const uint32_t odd = gpu::ballot(me % 2 == 1);
  bits[me] = gpu::shuffle_from(odd, 31);
}

TEST_F(Emulator, LanesOfAWarpExchangeValues) {
  for (const auto order :
       {emulator::Order::forward, emulator::Order::reverse, emulator::Order::random}) {
    emulator::set_order(order);
    int sums[64], below[64];
    uint32_t bits[64];
    gpu::launch({"exchange", nullptr, 1, 64}, exchange, &sums[0], &below[0], &bits[0]);
    for (int t = 0; t < 64; ++t) {
      EXPECT_EQ(sums[t], t < 32 ? 31 * 16 : 31 * 16 + 32 * 32);
      EXPECT_EQ(below[t], t % 32 < 3 ? t : t - 3);
      EXPECT_EQ(bits[t], 0xaaaaaaaaU);
    }
  }
}

__global__ void sum_of_block(float* out) {
  auto* shared = gpu::shared_memory<float>();
  shared[gpu::thread_index()] = 1;
  gpu::barrier();
  if (gpu::thread_index() != 0) return;
  float sum = 0;
  for (int t = 0; t < gpu::block_threads(); ++t) sum += shared[t];
  out[gpu::block_index()] = sum;
}

TEST_F(Emulator, ABarrierWaitsForTheWholeBlock) {
  float sums[3] = {};
  gpu::launch({"sum_of_block", nullptr, 3, 1024, 4096}, sum_of_block, &sums[0]);
  for (float sum : sums) EXPECT_EQ(sum, 1024);
  EXPECT_TRUE(emulator::take_reports().empty());
}

__global__ void some_wait(int waiting) {
  if (gpu::thread_index() < waiting) gpu::barrier();
}
__global__ void two_barriers() {
  if (gpu::thread_index() < 32)
    gpu::barrier();
  else
    gpu::barrier();
}

TEST_F(Emulator, ThreadsThatDoNotMeetAreReported) {
  gpu::launch({"some_wait", nullptr, 4, 64}, some_wait, 40);
  auto reports = emulator::take_reports();
  ASSERT_EQ(reports.size(), 1);
  EXPECT_NE(reports[0].find("some_wait: DIVERGENCE in block 0: 40 threads wait at "),
            std::string::npos)
      << reports[0];
  EXPECT_NE(reports[0].find("emulator_test.cpp:"), std::string::npos);
  EXPECT_NE(reports[0].find("24 have ended"), std::string::npos);
  gpu::launch({"two_barriers", nullptr, 1, 64}, two_barriers);
  reports = emulator::take_reports();
  ASSERT_EQ(reports.size(), 1);
  EXPECT_NE(reports[0].find("two_barriers: DIVERGENCE in block 0: thread"), std::string::npos);
  // The next launch is as if nothing had been.
  gpu::launch({"some_wait", nullptr, 4, 64}, some_wait, 64);
  EXPECT_TRUE(emulator::take_reports().empty());
}

__global__ void fail_in(int64_t block, int* ran) {
  ++*ran;
  TESSERA_GPU_REQUIRE(gpu::block_index() != block, "this block is not wanted");
  gpu::barrier();
}

TEST_F(Emulator, AFailureEndsTheLaunch) {
  int ran = 0;
  try {
    gpu::launch({"fail_in", nullptr, 9, 32}, fail_in, int64_t{2}, &ran);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "this block is not wanted");
  }
  EXPECT_EQ(ran, 2 * 32 + 1);
}

TEST_F(Emulator, LaunchesMayWait) {
  std::vector<std::function<void()>> waiting;
  std::vector<void*> streams;
  emulator::set_launch_hook([&](void* stream, std::function<void()> launch) {
    streams.push_back(stream);
    waiting.push_back(std::move(launch));
  });
  float sums[2] = {};
  int stream = 0;
  gpu::launch({"sum_of_block", &stream, 2, 64, 256}, sum_of_block, &sums[0]);
  gpu::launch({"sum_of_block", nullptr, 0, 64, 256}, sum_of_block, &sums[0]);  // no blocks
  EXPECT_EQ(streams, std::vector<void*>{&stream});
  EXPECT_EQ(sums[0], 0);
  waiting.at(0)();
  EXPECT_EQ(sums[1], 64);
}

TEST_F(Emulator, LaunchesThatACardRefusesAreRefused) {
  const auto refused = [](const gpu::Launch& on) {
    EXPECT_ANY_THROW(gpu::launch(on, some_wait, 0)) << on.blocks << " " << on.threads;
  };
  refused({"some_wait", nullptr, -1, 32});
  refused({"some_wait", nullptr, int64_t{1} << 31, 32});
  refused({"some_wait", nullptr, 1, 31});
  refused({"some_wait", nullptr, 1, 2048});
  refused({"some_wait", nullptr, 1, 0});
  refused({"some_wait", nullptr, 1, 32, gpu::kMaxShared + 1});
}

TEST_F(Emulator, AWriteBehindABufferIsReported) {
  auto* bytes = static_cast<unsigned char*>(emulator::allocate("short", 100, 1, true));
  bytes[100] = 1;
  emulator::release_all();
  const auto reports = emulator::take_reports();
  ASSERT_EQ(reports.size(), 1);
  EXPECT_NE(reports[0].find("OUT OF BOUNDS: a write behind short"), std::string::npos);
}

}  // namespace
}  // namespace tessera
