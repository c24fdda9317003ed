// offsets: packs buffers with known lifetimes into one arena. Buffers are placed largest first,
// each at the lowest place where it overlaps no buffer in use at the same time (Pisarchyk and Lee
// 2020, 2001.03288, "greedy by size").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

struct Lifetime {
  int64_t bytes = 0;
  int first = 0, last = 0;  // steps, both inclusive
};

struct Packing {
  std::vector<int64_t> offsets;  // by buffer, multiples of the alignment
  int64_t bytes = 0;             // size of the arena
  int64_t live_peak = 0;         // the most bytes in use at one step: no packing can be smaller
  int peak_step = 0;
};

Packing pack(std::span<const Lifetime> buffers, int64_t alignment);

}  // namespace tessera
