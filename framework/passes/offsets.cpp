#include "framework/passes/offsets.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace tessera {

Packing pack(std::span<const Lifetime> buffers, int64_t alignment) {
  const auto aligned = [&](int64_t n) { return (n + alignment - 1) / alignment * alignment; };
  Packing out;
  out.offsets.assign(buffers.size(), 0);
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  std::vector<size_t> placed;  // by offset
  for (size_t i : order) {
    const Lifetime& b = buffers[i];
    if (b.bytes == 0) continue;
    const int64_t size = aligned(b.bytes);
    int64_t offset = 0;
    for (size_t j : placed) {
      const Lifetime& other = buffers[j];
      if (other.last < b.first || b.last < other.first) continue;
      if (out.offsets[j] >= offset + size) break;  // the gap before it is wide enough
      offset = std::max(offset, out.offsets[j] + aligned(other.bytes));
    }
    out.offsets[i] = offset;
    out.bytes = std::max(out.bytes, offset + size);
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), i,
                         [&](size_t a, size_t c) { return out.offsets[a] < out.offsets[c]; }),
        i);
  }

  std::map<int, int64_t> change;
  for (const Lifetime& b : buffers) {
    change[b.first] += aligned(b.bytes);
    change[b.last + 1] -= aligned(b.bytes);
  }
  int64_t live = 0;
  for (const auto& [step, bytes] : change) {
    live += bytes;
    if (live > out.live_peak) {
      out.live_peak = live;
      out.peak_step = step;
    }
  }
  return out;
}

}  // namespace tessera
