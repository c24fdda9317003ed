#include "framework/comm/part_world.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

PartWorld::PartWorld(World& whole, std::vector<int64_t> ranks)
    : whole_(whole), ranks_(std::move(ranks)) {
  const auto own = std::ranges::find(ranks_, int64_t{whole.rank()});
  check(own != ranks_.end(), "rank {} is none of the part's", whole.rank());
  rank_ = static_cast<int>(own - ranks_.begin());
  for (const int64_t rank : ranks_) hosts_.push_back(whole.hosts().at(static_cast<size_t>(rank)));
}

Communicator& PartWorld::group(std::span<const int64_t> ranks) {
  std::vector<int64_t> in_whole;
  for (const int64_t rank : ranks) {
    check(rank >= 0 && rank < std::ssize(ranks_), "a group with rank {} in a part of {}", rank,
          ranks_.size());
    in_whole.push_back(ranks_[static_cast<size_t>(rank)]);
  }
  return whole_.group(in_whole);
}

}  // namespace tessera
