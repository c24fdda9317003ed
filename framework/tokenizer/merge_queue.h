// MergeQueue holds the candidates of a training of merges; the one with the highest count comes
// first, of equal counts the one with the lower pair. Most candidates are rare and never reached, so
// those of similar counts lie in buckets, and only the bucket that is being taken from is a heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "framework/tokenizer/pair_map.h"

namespace tessera {

struct MergeCandidate {
  uint64_t count = 0;
  TokenPair pair;
  uint64_t words = 0;  // where the list of the words begins that the pair is merged in
};

class MergeQueue {
 public:
  void push(const MergeCandidate& candidate);
  std::optional<MergeCandidate> pop();

 private:
  struct Bucket {
    std::vector<MergeCandidate> candidates;
    bool heap = false;
  };
  std::array<Bucket, 65> buckets_;  // by the bits of the count
  size_t highest_ = 0;              // none above it holds any
};

}  // namespace tessera
