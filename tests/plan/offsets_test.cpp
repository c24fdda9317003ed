#include "framework/plan/offsets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace tessera {
namespace {

constexpr int64_t kAlign = 64;

int64_t aligned(int64_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

/// No two buffers share a byte at one step, all lie inside, and the arena is at least as large as
/// what is in use at once.
void expect_sound(const std::vector<Lifetime>& buffers, const Packing& p) {
  ASSERT_EQ(p.offsets.size(), buffers.size());
  int64_t peak = 0;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Lifetime& a = buffers[i];
    EXPECT_GE(p.offsets[i], 0);
    EXPECT_EQ(p.offsets[i] % kAlign, 0);
    EXPECT_LE(p.offsets[i] + a.bytes, p.bytes);
    int64_t live = 0;  // at the step where `a` begins: every maximum is at some beginning
    for (size_t j = 0; j < buffers.size(); ++j) {
      const Lifetime& b = buffers[j];
      if (b.first <= a.first && a.first <= b.last) live += aligned(b.bytes);
      if (j <= i || a.bytes == 0 || b.bytes == 0 || a.last < b.first || b.last < a.first) continue;
      EXPECT_TRUE(p.offsets[i] + a.bytes <= p.offsets[j] || p.offsets[j] + b.bytes <= p.offsets[i])
          << "buffers " << i << " and " << j << " overlap";
    }
    peak = std::max(peak, live);
  }
  EXPECT_EQ(p.live_peak, peak);
  EXPECT_GE(p.bytes, p.live_peak);
}

/// Lifetimes as a training step has them: many short ones, some that live from a forward to a
/// backward step.
std::vector<Lifetime> step_like(int count, uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(engine() % static_cast<uint64_t>(n));
  };
  std::vector<Lifetime> out;
  for (int i = 0; i < count; ++i) {
    const bool saved = i < count / 2 && below(3) == 0;
    const int last =
        saved ? count - i + static_cast<int>(below(5)) : i + static_cast<int>(below(6));
    constexpr int64_t kSizes[] = {0, 1, 64, 4096, 3145728, 12582912};
    out.push_back({kSizes[below(6)] + (below(4) == 0 ? below(1000) : 0), i, std::max(i, last)});
  }
  return out;
}

TEST(Offsets, NothingTakesNoRoom) {
  EXPECT_EQ(pack({}, kAlign).bytes, 0);
  const std::vector<Lifetime> empty{{0, 0, 5}, {0, 2, 2}};
  const Packing p = pack(empty, kAlign);
  EXPECT_EQ(p.bytes, 0);
  EXPECT_EQ(p.live_peak, 0);
}

TEST(Offsets, OneAfterTheOtherShareAPlace) {
  const std::vector<Lifetime> chain{{100, 0, 1}, {128, 2, 3}, {1, 4, 4}};
  const Packing p = pack(chain, kAlign);
  EXPECT_EQ(p.offsets, (std::vector<int64_t>{0, 0, 0}));
  EXPECT_EQ(p.bytes, 128);
  EXPECT_EQ(p.live_peak, 128);
  EXPECT_EQ(p.peak_step, 0);  // 100 bytes take 128 too
}

TEST(Offsets, LastAndFirstStepAreBothInUse) {
  const std::vector<Lifetime> touching{{64, 0, 1}, {64, 1, 2}};
  EXPECT_EQ(pack(touching, kAlign).bytes, 128);
}

TEST(Offsets, ASmallBufferFillsAGap) {
  // Large ones at steps 0-1 and 1-2 lie behind each other; the small one of step 0 fits behind the
  // first.
  const std::vector<Lifetime> buffers{{256, 0, 1}, {192, 1, 2}, {128, 0, 0}, {256, 2, 3}};
  const Packing p = pack(buffers, kAlign);
  EXPECT_EQ(p.bytes, 448);
  EXPECT_EQ(p.live_peak, 448);
  expect_sound(buffers, p);
}

TEST(Offsets, InputsLiveBeforeTheFirstStep) {
  const std::vector<Lifetime> buffers{{64, -1, 0}, {64, -1, -1}, {64, 0, 0}};
  const Packing p = pack(buffers, kAlign);
  EXPECT_EQ(p.bytes, 128);
  expect_sound(buffers, p);
}

TEST(Offsets, RandomLifetimesNeverOverlap) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 engine(seed);
    std::vector<Lifetime> buffers;
    const auto count = static_cast<int>(engine() % 120);
    for (int i = 0; i < count; ++i) {
      const int first = static_cast<int>(engine() % 50) - 1;
      buffers.push_back({static_cast<int64_t>(engine() % 2000), first,
                         first + static_cast<int>(engine() % (seed % 2 ? 50 : 4))});
    }
    expect_sound(buffers, pack(buffers, kAlign));
  }
}

TEST(Offsets, AStepOfALargeModelIsPackedTightly) {
  const auto buffers = step_like(2000, 7);
  const Packing p = pack(buffers, kAlign);
  expect_sound(buffers, p);
  EXPECT_LE(static_cast<double>(p.bytes), 1.15 * static_cast<double>(p.live_peak));
}

/// Packs as pack() does, but by looking at all buffers placed before.
std::vector<int64_t> simply_packed(const std::vector<Lifetime>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  std::vector<int64_t> offsets(buffers.size(), 0);
  std::vector<size_t> placed;
  for (size_t i : order) {
    const Lifetime& a = buffers[i];
    if (a.bytes == 0) continue;
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t j : placed) {
        const Lifetime& b = buffers[j];
        if (a.last < b.first || b.last < a.first) continue;
        if (offsets[j] >= offsets[i] + aligned(a.bytes)) continue;
        if (offsets[j] + aligned(b.bytes) <= offsets[i]) continue;
        offsets[i] = offsets[j] + aligned(b.bytes);
        moved = true;
      }
    }
    placed.push_back(i);
  }
  return offsets;
}

TEST(Offsets, AreTheLowestThatAreFree) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const auto buffers = step_like(50 + static_cast<int>(seed) * 10, seed);
    EXPECT_EQ(pack(buffers, kAlign).offsets, simply_packed(buffers)) << "seed " << seed;
  }
}

/// Blocks follow one another, like those of a head over many tokens: time goes with their number,
/// not with its square.
TEST(Offsets, ALongChainOfBlocksTakesNoTime) {
  std::vector<Lifetime> chain;
  for (int i = 0; i < 300000; ++i) chain.push_back({4096, i, i + 2});
  const Packing p = pack(chain, kAlign);
  EXPECT_EQ(p.bytes, 3 * 4096);
}

TEST(Offsets, TwentyThousandBuffersAreDoneBeforeTheTestTimesOut) {
  const auto buffers = step_like(20000, 3);
  const Packing p = pack(buffers, kAlign);
  EXPECT_GE(p.bytes, p.live_peak);
}

TEST(Offsets, TheSameEveryTime) {
  const auto buffers = step_like(500, 11);
  EXPECT_EQ(pack(buffers, kAlign).offsets, pack(buffers, kAlign).offsets);
}

}  // namespace
}  // namespace tessera
