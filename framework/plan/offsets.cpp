#include "framework/plan/offsets.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace tessera {
namespace {

/// A stretch of the arena that is taken.
struct Taken {
  int64_t begin, end;
};

/// Stretches by offset, cut into short runs, so that inserting is cheap and walking stays fast.
class Stretches {
 public:
  void insert(const Taken& taken) {
    const auto before = [](const Taken& a, const Taken& b) { return a.begin < b.begin; };
    auto run = std::partition_point(runs_.begin(), runs_.end(),
                                    [&](const auto& r) { return r.back().begin <= taken.begin; });
    if (run == runs_.end()) {
      if (runs_.empty()) runs_.emplace_back();
      run = runs_.end() - 1;
    }
    run->insert(std::upper_bound(run->begin(), run->end(), taken, before), taken);
    if (run->size() < kLongest) return;
    std::vector<Taken> rest(run->begin() + kLongest / 2, run->end());
    run->resize(kLongest / 2);
    runs_.insert(run + 1, std::move(rest));
  }

  /// Walks the stretches once, however many times `past` is called.
  class Walk {
   public:
    explicit Walk(const Stretches& stretches) : runs_(stretches.runs_) {}

    /// The end of the last stretch seen that begins before `offset` + `size`; `offset` when all
    /// these end before it.
    int64_t past(int64_t offset, int64_t size) {
      for (; run_ < runs_.size(); ++run_, at_ = 0)
        for (; at_ < runs_[run_].size(); ++at_) {
          const Taken& taken = runs_[run_][at_];
          if (taken.begin >= offset + size) return offset;
          offset = std::max(offset, taken.end);
        }
      return offset;
    }

   private:
    const std::vector<std::vector<Taken>>& runs_;
    size_t run_ = 0, at_ = 0;
  };

 private:
  static constexpr size_t kLongest = 512;
  std::vector<std::vector<Taken>> runs_;  // no run is empty
};

/// Buffers that have their place, by the steps in which they are in use: a tree of stretches of
/// steps, halved again and again, so that a short-lived buffer meets only buffers of its own time.
class Placed {
 public:
  explicit Placed(int steps) {
    while (leaves_ < static_cast<size_t>(steps)) leaves_ *= 2;
    own_.resize(2 * leaves_);
    below_.resize(2 * leaves_);
  }

  /// The lowest offset where `size` bytes are free from step `first` to step `last`.
  int64_t lowest(int64_t size, int first, int last) const {
    std::vector<Stretches::Walk> walks;
    cover(first, last, [&](size_t node) {
      walks.emplace_back(below_[node]);
      for (size_t above = node / 2; above > 0; above /= 2) walks.emplace_back(own_[above]);
    });
    int64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (Stretches::Walk& walk : walks) {
        const int64_t past = walk.past(offset, size);
        moved = moved || past > offset;
        offset = past;
      }
    }
    return offset;
  }

  void insert(const Taken& taken, int first, int last) {
    std::set<size_t> nodes;
    cover(first, last, [&](size_t node) {
      own_[node].insert(taken);
      for (; node > 0 && nodes.insert(node).second; node /= 2) below_[node].insert(taken);
    });
  }

 private:
  /// Calls f(node) for the fewest nodes of the tree that make up these steps.
  template <typename F>
  void cover(int first, int last, const F& f) const {
    size_t from = static_cast<size_t>(first) + leaves_,
           to = static_cast<size_t>(last) + 1 + leaves_;
    for (; from < to; from /= 2, to /= 2) {
      if (from % 2 == 1) f(from++);
      if (to % 2 == 1) f(--to);
    }
  }

  size_t leaves_ = 1;
  std::vector<Stretches> own_;  // by node: buffers in use in exactly its steps
  // By node: buffers in use in some of its steps, which own_ has at the node or at nodes below it.
  std::vector<Stretches> below_;
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
  int begin = 0, end = 0;  // first and last of all steps
  for (const Lifetime& b : buffers) {
    begin = std::min(begin, b.first);
    end = std::max(end, b.last + 1);
  }
  Placed placed(end - begin);
  for (size_t i : order) {
    const Lifetime& b = buffers[i];
    if (b.bytes == 0) continue;
    const int64_t size = aligned(b.bytes);
    const int64_t offset = placed.lowest(size, b.first - begin, b.last - begin);
    placed.insert({offset, offset + size}, b.first - begin, b.last - begin);
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
