// Study finds what memory is to hold of a word: see SentencePieceUnigram and UnigramMemory.
#pragma once

#include <limits>
#include <string_view>
#include <vector>

#include "framework/tokenizer/sentence_piece_unigram.h"

namespace tessera {

class SentencePieceUnigram::Study {
 public:
  static constexpr double kNone = -std::numeric_limits<double>::infinity();
  static constexpr double kSumsInDouble = 1e-6;  // by how much exact sums in double may be off
  static constexpr double kClear = 1;            // what is worse by so much is not looked at

  Study(const SentencePieceUnigram& model, const SentencePieceVocabulary& vocabulary)
      : model_(model), vocabulary_(vocabulary) {}

  UnigramMemory::Word of(std::string_view word);
  /// Of the last word.
  const UnigramMemory::Numbers& numbers() const { return numbers_; }
  /// The score of a text's best segmentation.
  double best(std::string_view text);

 private:
  struct Sums {  // of the best two segmentations that end at a place
    double best = kNone, second = kNone;
    size_t begin = 0;  // of the last piece
    int32_t id = -1;
    int32_t offers = -1;  // the last one found of the pieces that begin there
  };
  struct Offer {
    size_t begin, end;
    float score;
    int32_t id;
    int32_t next;  // of the same place
  };
  struct Walk {  // through the trie
    size_t begin;
    uint32_t node;
  };
  struct Leaving {  // a piece that goes on behind the word
    size_t begin;
    uint32_t node;
    bool in_spaces;
    double before;  // the score in front of it
    float gain = 0;
  };

  void find_pieces(std::string_view word, UnigramMemory::Word& found);
  void walk(std::string_view word);
  void leave(std::string_view word, const Walk& walk);
  void take(const Offer& offer);
  bool append_ids(std::string_view word);
  void find_scores_to_end(size_t size);
  void choose_exits(UnigramMemory::Word& found);
  float rise_of(const Leaving& exit) const;
  void join_spaces();
  uint32_t onward(uint32_t node) const;

  const SentencePieceUnigram& model_;
  const SentencePieceVocabulary& vocabulary_;
  UnigramMemory::Numbers numbers_;
  std::vector<Sums> sums_;
  std::vector<Offer> offers_;
  std::vector<Walk> walks_;
  uint32_t leaving_first_ = DoubleArray::kRoot;  // a piece that begins with the word, behind it
  std::vector<Leaving> exits_;
  std::vector<size_t> ends_;
  std::vector<double> to_end_;
};

}  // namespace tessera
