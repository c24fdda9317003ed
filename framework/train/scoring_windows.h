// The windows in which a model reads a text that is longer than its context, so that it scores
// every token once.
#pragma once

#include <cstddef>
#include <vector>

namespace tessera {

/// Of a text's tokens, [begin, end - 1) are read, and [scored, end) scored.
struct ScoringWindow {
  size_t begin = 0, scored = 0, end = 0;

  bool operator==(const ScoringWindow&) const = default;
};

/// Windows that score each token of a text of `count` tokens but the first once. A window reads at
/// most `length` tokens; from the second on it scores `stride` (or what is left), each after at
/// least length - stride tokens that the window has read.
std::vector<ScoringWindow> scoring_windows(size_t count, size_t length, size_t stride);

}  // namespace tessera
