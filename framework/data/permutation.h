// A random permutation of 0..n-1 in constant memory: entry i is computed alone, so an epoch's order
// needs no table and resuming needs no state. It is a balanced Feistel network over the next even
// number of bits, with rounds drawn from Philox, walked until it lands below n (Black and Rogaway,
// "Ciphers with arbitrary finite domains", CT-RSA 2002).
#pragma once

#include <cstdint>

#include "framework/core/random.h"

namespace tessera {

class Permutation {
 public:
  /// The permutation of [0, n) that `random` draws for `step` (an epoch, say); n is at least 1.
  Permutation(uint64_t n, const Random& random, uint64_t step);

  uint64_t size() const { return n_; }
  uint64_t operator()(uint64_t i) const;

 private:
  uint64_t n_;
  Random random_;
  uint64_t step_;
  int half_bits_ = 1;
};

}  // namespace tessera
