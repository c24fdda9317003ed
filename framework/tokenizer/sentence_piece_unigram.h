// SentencePieceUnigram cuts a text into the pieces whose scores have the largest sum, with the sums
// that SentencePiece 0.2.3 makes: in float, from the beginning of the text on, so that the score of
// all that stands before a place decides how sums behind it are rounded, and by that between
// segmentations that are equally good.
//
// The text is taken word by word, and each word's best segmentation comes from memory. Let a word
// begin where every segmentation of the text ends a piece, with the score s, and look at the
// stretch from there to the next such place. Let n be its bytes, and x the largest size that a sum
// in it can have. A segmentation has at most n pieces, and at each of them the float sum is rounded
// by at most x 2^-24. If the exact sum of one segmentation is larger than that of each other one by
// more than 2 n x 2^-24, no rounding can put another before it: it is what SentencePiece finds.
// (SentencePiece sets the score back to 0 where it has passed 100,000 in size; stretches that could
// reach that are searched as SentencePiece does.)
//
// So exact sums will do, and those of a word are remembered: its best segmentation and by how much
// all others are worse. Where rounding decides how one word is cut, whatever stands around it,
// UnigramTies remembers what SentencePiece does. Pieces of several words ("of the") are found from
// the nodes of the trie that memory holds: those reached at the word's end by pieces that begin in
// it. Each is a rival of the words that it covers; where it begins or ends inside a word, together
// with the best segmentation of that word's front or rest. For most of those memory has a bound that
// is too far from the best. Where two segmentations of the stretch are too close, it is searched in
// SentencePiece's way.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/tokenizer/neighbours.h"
#include "framework/tokenizer/sentence_piece_vocabulary.h"
#include "framework/tokenizer/unigram_memory.h"

namespace tessera {

class SentencePieceUnigram {
 public:
  /// Throws UserError, which begins with `what`, for a score that is no number.
  SentencePieceUnigram(const SentencePieceVocabulary& vocabulary, const std::string& what);

  /// Appends the ids of a normalized text.
  void encode(const SentencePieceVocabulary& vocabulary, std::string_view text,
              UnigramMemory& memory, std::vector<int32_t>& ids) const;

 private:
  static constexpr float kReset = 100000;
  class Stretch;
  class Study;
  class WordsAhead;

  struct Node {  // the best segmentation that ends at a place
    float score = -std::numeric_limits<float>::infinity();
    int32_t begin = -1;  // of its last piece
    int32_t id = -1;

    /// Takes a segmentation if it is better; without a branch, which no processor would foresee.
    void offer(float other, size_t other_begin, int32_t other_id) {
      const bool better = other > score;
      score = better ? other : score;
      begin = better ? static_cast<int32_t>(other_begin) : begin;
      id = better ? other_id : id;
    }
  };
  /// Room for a search in SentencePiece's way.
  struct Search {
    std::vector<Node> nodes;
    std::vector<int32_t> ends;
    std::vector<int32_t> ids;
    size_t farthest = 0;  // the last place where a segmentation ends
    float score = 0;      // at the end
  };

  void find_gains(const SentencePieceVocabulary& vocabulary);
  static size_t character_bytes(std::string_view text, size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  }
  /// The end of the word that begins at text[at]. No piece goes on behind it, unless a space stands
  /// there.
  size_t end_of_word(std::string_view text, size_t at) const;
  void begin_search(float score, Search& search) const;
  void search_word(const SentencePieceVocabulary& vocabulary, std::string_view text, size_t from,
                   size_t to, Search& search) const;
  void end_search(const SentencePieceVocabulary& vocabulary, std::string_view text, size_t bytes,
                  Search& search) const;

  Neighbours neighbours_;
  std::vector<float> scores_;       // by id
  std::vector<float> path_scores_;  // what an id of the output adds to the score
  // For pieces that begin inside a word and go on behind it, by the node behind the word and a
  // space: by how much the score of one exceeds that of the best segmentation of what follows.
  std::unordered_map<uint32_t, float> gains_;
  bool spaces_stay_alone_ = true;  // no piece begins with two spaces and holds something else
  float unknown_score_ = 0, largest_ = 0;
};

}  // namespace tessera
