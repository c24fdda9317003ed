// UnigramTies remembers how SentencePiece cuts words of which several segmentations are equally good
// (runs of spaces or of one sign, above all), so that float rounding decides between them.
//
// It depends on the score in front of the word only by two things. As long as sums stay between two
// powers of two, floats are the multiples of one number u, and adding a piece's score changes a sum
// by a multiple of u which is the same wherever the sum stands, but that halves are rounded to even
// multiples. So the exponent of the score in front and whether it is an even multiple decide. What is
// remembered holds where no best sum on the way leaves the powers of two; others cannot win, as a
// float of a sum beyond a power of two is not nearer than that power.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tessera {

class UnigramTies {
 public:
  struct Known {
    std::span<const int32_t> ids;  // until the next keep() or forget()
    float after = 0;               // the score behind the word
  };
  /// How far sums go from the score in front of the word.
  struct Range {
    float least = 0, most = 0;
  };

  /// Whether something is known of a word that begins with this score.
  bool find(std::string_view word, float score, Known& known) const;
  /// Remembers what a search from `score` on found, if it holds for other scores.
  void keep(std::string_view word, float score, std::span<const int32_t> ids, float after,
            Range range);

 private:
  static constexpr size_t kSlots = 8192, kMostNumbers = size_t{1} << 20;
  struct Slot {
    uint64_t hash = 0;
    uint32_t words = 0;  // the word's bytes, and the ids behind them
    uint32_t size = 0, id_count = 0;
    int32_t level = 0;
    float change = 0;
    Range range;
  };

  std::vector<Slot> slots_;
  std::vector<int32_t> numbers_;
};

}  // namespace tessera
