#include "framework/data/permutation.h"

#include <bit>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr uint64_t kRounds = 6;

}  // namespace

Permutation::Permutation(uint64_t n, const Random& random, uint64_t step)
    : n_(n), random_(random), step_(step) {
  check(n > 0, "a permutation of nothing");
  half_bits_ = (std::bit_width(n - 1) + 1) / 2;
  if (half_bits_ == 0) half_bits_ = 1;
}

uint64_t Permutation::operator()(uint64_t i) const {
  check(i < n_, "entry {} of a permutation of {}", i, n_);
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  do {
    uint64_t left = i >> half_bits_, right = i & mask;
    for (uint64_t round = 0; round < kRounds; ++round) {
      const uint64_t mixed = left ^ (random_.bits(step_, round << 32 | right) & mask);
      left = right;
      right = mixed;
    }
    i = left << half_bits_ | right;
  } while (i >= n_);
  return i;
}

}  // namespace tessera
