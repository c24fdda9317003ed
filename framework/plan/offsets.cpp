#include "framework/plan/offsets.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace tessera {
namespace {

/// Buffers that have their place, by offset. Cut into short runs, so that inserting is cheap and walking stays fast.
class Placed {
 public:
  struct Entry {
    int64_t begin, end;
    int first, last;
  };

  /// The lowest offset where `size` bytes are free from step `first` to step `last`.
  int64_t lowest(int64_t size, int first, int last) const {
    int64_t offset = 0;
    for (const auto& run : runs_)
      for (const Entry& e : run) {
        if (e.last < first || last < e.first) continue;
        if (e.begin >= offset + size) return offset;  // the gap before it is wide enough
        offset = std::max(offset, e.end);
      }
    return offset;
  }

  void insert(const Entry& entry) {
    const auto before = [](const Entry& a, const Entry& b) { return a.begin < b.begin; };
    auto run = std::partition_point(runs_.begin(), runs_.end(),
                                    [&](const auto& r) { return r.back().begin <= entry.begin; });
    if (run == runs_.end()) {
      if (runs_.empty()) runs_.emplace_back();
      run = runs_.end() - 1;
    }
    run->insert(std::upper_bound(run->begin(), run->end(), entry, before), entry);
    if (run->size() < kLongest) return;
    std::vector<Entry> rest(run->begin() + kLongest / 2, run->end());
    run->resize(kLongest / 2);
    runs_.insert(run + 1, std::move(rest));
  }

 private:
  static constexpr size_t kLongest = 512;
  std::vector<std::vector<Entry>> runs_;  // none empty
};

}  // namespace

Packing pack(std::span<const Lifetime> buffers, int64_t alignment) {
  const auto aligned = [&](int64_t n) { return (n + alignment - 1) / alignment * alignment; };
  Packing out;
  out.offsets.assign(buffers.size(), 0);
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  Placed placed;
  for (size_t i : order) {
    const Lifetime& b = buffers[i];
    if (b.bytes == 0) continue;
    const int64_t size = aligned(b.bytes);
    const int64_t offset = placed.lowest(size, b.first, b.last);
    placed.insert({offset, offset + size, b.first, b.last});
    out.offsets[i] = offset;
    out.bytes = std::max(out.bytes, offset + size);
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
