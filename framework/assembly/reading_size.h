// How many texts, and of how many tokens, a graph reads at a time that scores texts or gives them
// vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tessera {

enum class ReadingKind { scoring, encoding };

struct ReadingSize {
  int64_t rows = 1, length = 1;

  /// The graph's name.
  std::string graph() const;
};

/// The length that a text of `tokens` tokens is padded to: at most an eighth is padding, but for
/// short texts.
int64_t padded_length(int64_t tokens, int64_t longest);

/// For each padded length that texts of these lengths have, one size: as many rows as make about
/// `tokens` tokens, but no more than there are texts. Shortest first.
std::vector<ReadingSize> reading_sizes(std::span<const int64_t> lengths, int64_t longest,
                                       int64_t tokens);

}  // namespace tessera
