// Randomness without state: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1,
// 2, 3", SC 2011). A draw is a pure function of a key and a counter. The key comes from (seed,
// stream name), the counter from (step, global element index), so results depend neither on threads
// nor on how a tensor is split.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Philox4x32-10: four 32-bit random words from a 128-bit counter and a 64-bit key.
constexpr std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter,
                                         std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

/// FNV-1a of `text`, which has the same value in every process.
constexpr uint64_t stable_hash(std::string_view text, uint64_t h = 0xcbf29ce484222325) {
  for (char c : text) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return h;
}

/// A named stream of draws: its key comes from (seed, name), and a draw is addressed by (step,
/// index).
class Random {
 public:
  Random(uint64_t seed, std::string_view name) : Random(mix(seed) ^ stable_hash(name)) {}
  explicit Random(uint64_t key)
      : key_{static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)} {}

  /// The key as one number, for code that computes many blocks at once.
  uint64_t key() const { return uint64_t{key_[1]} << 32 | key_[0]; }

  std::array<uint32_t, 4> block(uint64_t step, uint64_t index) const {
    return philox({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                   static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32)},
                  key_);
  }
  /// 64 random bits.
  uint64_t bits(uint64_t step, uint64_t index) const {
    const auto b = block(step, index);
    return uint64_t{b[1]} << 32 | b[0];
  }
  /// A uniform number in [0, 1) of 24 bits.
  float uniform(uint64_t step, uint64_t index) const {
    return static_cast<float>(block(step, index)[0] >> 8) * 0x1p-24f;
  }
  /// A uniform integer in [0, n); the bias is below n / 2^64.
  uint64_t below(uint64_t n, uint64_t step, uint64_t index) const {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(bits(step, index)) * n) >> 64);
  }
  /// Four standard normal deviates from one block, by Box and Muller: words (u, v) give r cos(2πv)
  /// and r sin(2πv) with r = sqrt(-2 ln u), where u and v are the upper 24 bits, u in (0, 1] and v
  /// in [0, 1).
  std::array<double, 4> normals(uint64_t step, uint64_t index) const;
  /// The first of the four normals(step, index).
  float normal(uint64_t step, uint64_t index) const {
    return static_cast<float>(normals(step, index)[0]);
  }

 private:
  static constexpr uint64_t mix(uint64_t x) {  // splitmix64's finaliser
    x += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }

  std::array<uint32_t, 2> key_;
};

}  // namespace tessera
