// SentencePieceUnigram cuts a text into the pieces whose scores have the largest sum, with the sums
// that SentencePiece 0.2.3 makes: in float, from the beginning of the text on, so that the score of
// all that stands before a place decides how sums behind it are rounded, and by that between
// segmentations that are equally good.
//
// Every segmentation ends a piece where no piece crosses (Neighbours). So a part between two such
// places depends on the text before it only through the one score reached there, and is solved by
// itself, from that score on.
//
// Most parts do not depend on that score at all. Let n be the characters of a part. A segmentation
// has at most n pieces, and a sum that stays below 2^e is rounded by at most 2^(e-25) at each of
// them. The float sum of the segmentation that is found is not below that of any other. If the exact
// sum of the best segmentation is larger than that of each other one by more than 2 n 2^(e-25), no
// rounding can put another before it: it is what every such score leads to, and may be remembered.
// SentencePiece sets the score back to 0 where it has passed 100,000 in size; parts that could reach
// that are not taken from memory.
//
// Vocabularies with pieces of several words ("of the") have few places that no piece crosses. There
// the part is taken word by word: the best segmentation of a word comes from memory as before, and
// for pieces that begin in it and go on behind it, memory holds the nodes of the trie that they have
// reached. Only where such a piece ends inside a later word, or begins inside this one, has the
// word to be searched through.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "framework/tokenizer/neighbours.h"
#include "framework/tokenizer/sentence_piece_vocabulary.h"
#include "framework/tokenizer/word_cache.h"

namespace tessera {

class SentencePieceUnigram {
 public:
  /// Throws UserError, which begins with `what`, for a score that is no number.
  SentencePieceUnigram(const SentencePieceVocabulary& vocabulary, const std::string& what);

  const Neighbours& neighbours() const { return neighbours_; }

  /// Whether pieces go on behind a word.
  bool crosses_words() const { return crosses_words_; }

  /// A text on its way: the score so far, and room for the work.
  struct Progress {
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
    struct Exact {  // the sums of the best two
      double best = 0, second = 0;
    };
    struct Word {  // ids from memory
      size_t first = 0, last = 0;
    };
    float score = 0;
    size_t farthest = 0;  // the last place where a segmentation ends
    std::vector<Node> nodes;
    std::vector<Exact> exact;
    std::vector<int32_t> ends;
    std::vector<int32_t> known;  // ids of words from memory
    std::vector<Word> words;
  };

  /// Appends the ids of a part to the empty list, and adds to the score.
  void encode(const SentencePieceVocabulary& vocabulary, std::string_view part, Progress& progress,
              std::vector<int32_t>& ids) const;
  /// The same for a part of several words that pieces may cross; `end` is where the text ends.
  void encode_words(const SentencePieceVocabulary& vocabulary, std::string_view part,
                    const char* end, WordCache& cache, Progress& progress,
                    std::vector<int32_t>& ids) const;

  /// What memory may hold of a part, found with `alone`, which serves no text: the ids, and behind them as negative numbers
  /// nodes, and e where it is below 17; nothing if every score before the part counts.
  std::vector<int32_t> to_remember(const SentencePieceVocabulary& vocabulary, std::string_view part,
                                   Progress& alone) const;
  /// Whether what is remembered may be used for a part of so many bytes.
  bool may_remember(float score, size_t bytes) const {
    return static_cast<float>(bytes) * largest_ < kReset - 1 - (score < 0 ? -score : score);
  }
  /// Takes e off the end of what is remembered from numbers[first] on. False if the score is too
  /// large for it.
  bool take_limit(float score, size_t bytes, size_t first, std::vector<int32_t>& numbers) const;
  /// The score after remembered ids.
  float after(float score, std::span<const int32_t> ids) const {
    for (const int32_t id : ids) score += path_scores_[static_cast<size_t>(id)];
    return score;
  }

 private:
  static constexpr float kReset = 100000;

  /// Whether all sums of a part of so many bytes behind this score stay below 2^exponent.
  bool is_below(int exponent, float score, size_t bytes) const {
    return std::abs(score) + static_cast<float>(bytes) * largest_ < std::ldexp(1.0F, exponent);
  }

  static void offer(Progress& progress, size_t end, float score, size_t begin, int32_t id) {
    progress.farthest = std::max(progress.farthest, end);
    progress.nodes[end].offer(score, begin, id);
  }
  void begin_part(std::string_view part, Progress& progress) const;
  void find_best(const SentencePieceVocabulary& vocabulary, std::string_view part, size_t from,
                 size_t to, Progress& progress) const;
  void append_best(const SentencePieceVocabulary& vocabulary, std::string_view part,
                   Progress& progress, std::vector<int32_t>& ids) const;
  int largest_exponent(const DoubleArray& trie, std::string_view part, Progress& progress) const;
  bool use_memory(const SentencePieceVocabulary& vocabulary, std::string_view part, size_t begin,
                  size_t end, size_t first, Progress& progress) const;

  Neighbours neighbours_;
  std::vector<float> scores_;       // by id
  std::vector<float> path_scores_;  // what an id of the output adds to the score
  float unknown_score_ = 0, largest_ = 0;
  bool crosses_words_ = false;
};

}  // namespace tessera
