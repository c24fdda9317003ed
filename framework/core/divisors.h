// Divisors of a number: ways to share something out evenly.
#pragma once

#include <cstdint>
#include <vector>

namespace tessera {

/// The divisors of a positive number, the smallest first.
inline std::vector<int64_t> divisors_of(int64_t number) {
  std::vector<int64_t> out, large;
  for (int64_t i = 1; i <= number / i; ++i) {
    if (number % i != 0) continue;
    out.push_back(i);
    if (i != number / i) large.push_back(number / i);
  }
  out.insert(out.end(), large.rbegin(), large.rend());
  return out;
}

}  // namespace tessera
