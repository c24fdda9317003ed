// UnigramMemory remembers what a Unigram model makes of a word, so that the vocabulary is searched
// once for each word of a text: SentencePieceUnigram says what that is and why it may be used. Its
// memory is bounded: a new word takes the place of an older one whose hash is near, and when the
// store of numbers is full, all words are forgotten.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "framework/tokenizer/word_key.h"

namespace tessera {

class UnigramMemory {
 public:
  /// A table for texts of about `bytes`; its size is bounded.
  explicit UnigramMemory(size_t bytes);

  static constexpr size_t kLongestBytes = 64;

  /// A piece that begins inside a word and may go on behind it.
  struct Exit {
    // Where the trie goes on behind the word and a space: DoubleArray::children(), or a node and
    // kIsNode.
    uint32_t onward = 0;
    float before = 0;  // at least the score of the word's part in front of it
  };
  static constexpr uint32_t kIsNode = 1U << 31;
  // Behind a run of spaces: the pieces of spaces that take in that space. `before` is of them all.
  static constexpr uint32_t kSpace = 0xffffffff;
  /// What is remembered of a word; its numbers lie elsewhere. Scores begin with the word.
  struct Word {
    double best = 0;       // score of the best segmentation
    float lead = -1;       // all others are worse by at least so much; below 0: not known
    uint32_t exit = 0;     // the same for pieces that begin with the word; 0: there are none
    uint32_t numbers = 0;  // where they stand: ids that have no room here, exits, scores to the end
    float entered_gain = 0;  // what a segmentation that comes in inside may gain by leaving inside
    uint16_t id_count = 0, exit_count = 0;
    uint16_t near_exits = 0;  // the first ones, which may lead to the best segmentation
    std::array<int32_t, 2> first_ids{};
  };
  struct Numbers {
    std::vector<int32_t> ids;
    std::vector<Exit> exits;
    std::vector<float> to_end;  // at least the score from each place to the end
  };

  /// Whether the word is known, and what is remembered of it. The bytes up to `end` may be read.
  bool find(std::string_view word, const char* end, Word& found) const {
    const WordKey key = word.size() <= WordKey::kMostBytes ? WordKey(word, end) : long_key(word);
    for (const Slot& slot : lines_[key.place(shift_)])
      if (slot.key == key && (word.size() <= WordKey::kMostBytes || is_spelled(slot.word, word))) {
        found = slot.word;
        return true;
      }
    return false;
  }
  /// Fetches what find() will read.
  void prefetch(std::string_view word, const char* end) const {
    if (word.size() <= WordKey::kMostBytes)
      __builtin_prefetch(&lines_[WordKey(word, end).place(shift_)]);
  }
  /// Remembers a word that find() did not know; fills in where its numbers lie.
  void keep(std::string_view word, const char* end, const Numbers& numbers, Word& what);

  void append_ids(const Word& word, std::vector<int32_t>& ids) const;
  Exit exit_of(const Word& word, size_t i) const;
  /// At least the score from word[place] to the end.
  float to_end(const Word& word, size_t place) const;

  /// Makes room for further words. Only here may words be forgotten.
  void make_room();

 private:
  static constexpr size_t kMostNumbers = size_t{1} << 22;
  static constexpr int kLineBits = 17;
  struct alignas(64) Slot {
    WordKey key;
    Word word;
  };
  using Line = std::array<Slot, 2>;

  static WordKey long_key(std::string_view word);
  bool is_spelled(const Word& known, std::string_view word) const;
  size_t exits_at(const Word& word) const {
    return word.numbers + (word.id_count > 2 ? word.id_count : 0);
  }

  int shift_;  // 64 less the logarithm of the number of lines
  std::vector<Line> lines_;
  std::vector<int32_t> numbers_;
};

}  // namespace tessera
