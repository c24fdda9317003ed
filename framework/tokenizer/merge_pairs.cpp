#include "framework/tokenizer/merge_pairs.h"

#include <algorithm>
#include <array>
#include <queue>
#include <span>

namespace tessera {
namespace {

constexpr size_t kShort = 32;  // up to so many symbols, looking through all ranks beats a heap

size_t merge_short(const PairTable& merges, int32_t* ids, size_t count) {
  std::array<Merge, kShort> next;  // what symbols i and i + 1 merge to
  for (size_t i = 0; i + 1 < count; ++i) next[i] = merges.find(ids[i], ids[i + 1]);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i)
      if (next[i].rank < next[best].rank) best = i;
    if (next[best].rank == Merge::kNone) break;
    ids[best] = next[best].made;
    --count;
    for (size_t i = best + 1; i < count; ++i) ids[i] = ids[i + 1];
    for (size_t i = best; i + 1 < count; ++i) next[i] = next[i + 1];
    if (best + 1 < count) next[best] = merges.find(ids[best], ids[best + 1]);
    if (best > 0) next[best - 1] = merges.find(ids[best - 1], ids[best]);
  }
  return count;
}

/// A merge that was possible when it was put into the heap.
struct Candidate {
  uint32_t rank;
  uint32_t left, right;  // places of the two symbols
  int32_t made;
  int32_t left_id, right_id;  // what they were

  bool operator<(const Candidate& other) const {  // the last one leaves the heap first
    return rank != other.rank ? rank > other.rank : left > other.left;
  }
};

class LongMerge {
 public:
  LongMerge(const PairTable& merges, std::span<int32_t> ids) : merges_(merges), ids_(ids) {
    const auto count = static_cast<uint32_t>(ids.size());
    next_.resize(count);
    previous_.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      next_[i] = i + 1;
      previous_[i] = i - 1;
    }
  }

  size_t run() {
    const auto count = static_cast<uint32_t>(ids_.size());
    for (uint32_t i = 0; i + 1 < count; ++i) consider(i, i + 1);
    while (!heap_.empty()) {
      const Candidate best = heap_.top();
      heap_.pop();
      if (ids_[best.left] != best.left_id || ids_[best.right] != best.right_id ||
          next_[best.left] != best.right)
        continue;
      join(best);
    }
    size_t kept = 0;
    for (uint32_t i = 0; i < count; i = next_[i]) ids_[kept++] = ids_[i];
    return kept;
  }

 private:
  void join(const Candidate& pair) {
    const auto count = static_cast<uint32_t>(ids_.size());
    const uint32_t after = next_[pair.right];
    ids_[pair.left] = pair.made;
    ids_[pair.right] = -1;  // gone
    next_[pair.left] = after;
    if (after < count) {
      previous_[after] = pair.left;
      consider(pair.left, after);
    }
    if (pair.left > 0) consider(previous_[pair.left], pair.left);
  }

  void consider(uint32_t left, uint32_t right) {
    const Merge merge = merges_.find(ids_[left], ids_[right]);
    if (merge.rank != Merge::kNone)
      heap_.push({merge.rank, left, right, merge.made, ids_[left], ids_[right]});
  }

  const PairTable& merges_;
  std::span<int32_t> ids_;
  std::vector<uint32_t> next_, previous_;
  std::priority_queue<Candidate> heap_;
};

}  // namespace

void merge_pairs(const PairTable& merges, std::vector<int32_t>& ids, size_t begin) {
  const size_t count = ids.size() - begin;
  if (count < 2) return;
  const size_t kept = count <= kShort ? merge_short(merges, ids.data() + begin, count)
                                      : LongMerge(merges, std::span(ids).subspan(begin)).run();
  ids.resize(begin + kept);
}

}  // namespace tessera
