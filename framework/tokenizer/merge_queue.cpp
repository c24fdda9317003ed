#include "framework/tokenizer/merge_queue.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace tessera {
namespace {

bool comes_later(const MergeCandidate& a, const MergeCandidate& b) {
  return std::tie(a.count, b.pair.number, b.words) < std::tie(b.count, a.pair.number, a.words);
}

}  // namespace

void MergeQueue::push(const MergeCandidate& candidate) {
  const auto at = static_cast<size_t>(std::bit_width(candidate.count));
  Bucket& bucket = buckets_[at];
  bucket.candidates.push_back(candidate);
  if (bucket.heap) std::ranges::push_heap(bucket.candidates, comes_later);
  highest_ = std::max(highest_, at);
}

std::optional<MergeCandidate> MergeQueue::pop() {
  while (buckets_[highest_].candidates.empty()) {
    buckets_[highest_] = {};
    if (highest_ == 0) return std::nullopt;
    --highest_;
  }
  Bucket& bucket = buckets_[highest_];
  if (!bucket.heap) std::ranges::make_heap(bucket.candidates, comes_later);
  bucket.heap = true;
  std::ranges::pop_heap(bucket.candidates, comes_later);
  const MergeCandidate first = bucket.candidates.back();
  bucket.candidates.pop_back();
  return first;
}

}  // namespace tessera
