#include "framework/plan/offsets.h"

#include <algorithm>
#include <numeric>

namespace tessera {
namespace {

/// A stretch of the arena that is taken.
struct Taken {
  int64_t begin, end;
};

/// What of the arena is taken, by offset. Stretches that touch are one, so that what is packed
/// densely is few of them.
class Stretches {
 public:
  /// Returns whether that changes anything: false where all of it is taken already.
  bool insert(Taken taken) {
    const auto from = std::partition_point(all_.begin(), all_.end(),
                                           [&](const Taken& t) { return t.end < taken.begin; });
    const auto to = std::partition_point(from, all_.end(),
                                         [&](const Taken& t) { return t.begin <= taken.end; });
    if (from == to) {
      all_.insert(from, taken);
      return true;
    }
    if (from->begin <= taken.begin && taken.end <= from->end) return false;
    *from = {std::min(from->begin, taken.begin), std::max((to - 1)->end, taken.end)};
    all_.erase(from + 1, to);
    return true;
  }

  bool empty() const { return all_.empty(); }

  /// Walks the stretches once, however many times `past` is called.
  class Walk {
   public:
    explicit Walk(const Stretches& stretches) : all_(stretches.all_) {}

    /// The end of the last stretch seen that begins before `offset` + `size`; `offset` when all
    /// these end before it.
    int64_t past(int64_t offset, int64_t size) {
      for (; at_ < all_.size() && all_[at_].begin < offset + size; ++at_)
        offset = std::max(offset, all_[at_].end);
      return offset;
    }

   private:
    const std::vector<Taken>& all_;
    size_t at_ = 0;
  };

 private:
  std::vector<Taken> all_;  // no two touch
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
  int64_t lowest(int64_t size, int first, int last) {
    walks_.clear();
    const auto walk = [&](const Stretches& stretches) {
      if (!stretches.empty()) walks_.emplace_back(stretches);
    };
    cover(first, last, [&](size_t node) {
      walk(below_[node]);
      for (size_t above = node / 2; above > 0; above /= 2) walk(own_[above]);
    });
    int64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (Stretches::Walk& walk : walks_) {
        const int64_t past = walk.past(offset, size);
        moved = moved || past > offset;
        offset = past;
      }
    }
    return offset;
  }

  void insert(const Taken& taken, int first, int last) {
    cover(first, last, [&](size_t node) {
      own_[node].insert(taken);
      // A node that the stretch leaves unchanged leaves the nodes above unchanged as well: what is
      // taken in a node is taken in those above.
      while (node > 0 && below_[node].insert(taken)) node /= 2;
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
  std::vector<Stretches::Walk> walks_;  // of one search; the memory serves all searches
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

  std::vector<int64_t> change(static_cast<size_t>(end - begin) + 1);  // by step
  const auto at = [&](int step) -> int64_t& { return change[static_cast<size_t>(step - begin)]; };
  for (const Lifetime& b : buffers) {
    at(b.first) += aligned(b.bytes);
    at(b.last + 1) -= aligned(b.bytes);
  }
  int64_t live = 0;
  for (int step = begin; step <= end; ++step) {
    live += at(step);
    if (live > out.live_peak) {
      out.live_peak = live;
      out.peak_step = step;
    }
  }
  return out;
}

}  // namespace tessera
