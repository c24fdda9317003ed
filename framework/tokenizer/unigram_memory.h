// UnigramMemory remembers what a Unigram model makes of a word, so that the vocabulary is searched
// once for each word of a text: SentencePieceUnigram says what that is and why it may be used. Its
// memory is bounded: a new word takes the place of an older one whose hash is near, and when the
// store of numbers is full, all words are forgotten.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "framework/tokenizer/large_pages.h"
#include "framework/tokenizer/unigram_ties.h"
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
    float rise = 0;    // at most what a segmentation that uses it gains over the word's best end
    int32_t begin = 0;
  };
  static constexpr uint32_t kIsNode = 1U << 31;
  // Behind a run of spaces: the pieces of spaces that take in that space. `before` is of them all.
  static constexpr uint32_t kSpace = 0xffffffff;
  /// The ids of a word, two of them here. Others lie elsewhere, with all further numbers.
  struct Ids {
    std::array<int32_t, 2> first{};
    uint32_t numbers = 0;  // where they stand: ids that have no room here, exits, scores to the end
    uint32_t count = 0;
  };
  /// What is remembered of a word. Scores begin with the word.
  struct Word {
    double best = 0;    // score of the best segmentation
    float lead = -1;    // all others are worse by at least so much; below 0: not known
    uint32_t exit = 0;  // Exit::onward of pieces that begin with the word; 0: there are none
    Ids ids;
    float entered_gain = 0;  // what a segmentation that comes in inside may gain by leaving inside
    uint16_t exit_count = 0;
    uint16_t near_exits = 0;  // the first ones, which may lead to the best segmentation
  };
  struct Numbers {
    std::vector<int32_t> ids;
    std::vector<Exit> exits;
    std::vector<float> to_end;  // at least the score from each place to the end
  };

  /// A word to be looked up.
  struct Query {
    std::string_view word;
    WordKey key;
    size_t line = 0;
  };
  /// Fetches what find() will read. The bytes up to `end` may be read.
  Query ask(std::string_view word, const char* end) const {
    Query query{.word = word,
                .key = word.size() <= WordKey::kMostBytes ? WordKey(word, end) : long_key(word)};
    query.line = query.key.place(shift_);
    __builtin_prefetch(&lines_[query.line]);
    return query;
  }
  /// What is remembered of the word, or null. It stands until the next keep() or make_room().
  const Word* find(const Query& query) const {
    for (const Slot& slot : lines_[query.line])
      if (slot.key == query.key &&
          (query.word.size() <= WordKey::kMostBytes || is_spelled(slot.word, query.word)))
        return &slot.word;
    return nullptr;
  }
  /// Remembers a word that find() did not know.
  const Word& keep(const Query& query, const Numbers& numbers, Word what);

  /// They stand until words are forgotten.
  std::span<const int32_t> ids_of(const Ids& ids) const {
    return {ids.count <= ids.first.size() ? ids.first.data() : numbers_.data() + ids.numbers,
            ids.count};
  }
  /// Fetches what exit_of() will read.
  void prefetch_exits(const Word& word) const {
    if (word.near_exits > 0) __builtin_prefetch(numbers_.data() + exits_at(word));
  }
  Exit exit_of(const Word& word, size_t i) const {
    const int32_t* const numbers = numbers_.data() + exits_at(word) + kExitNumbers * i;
    return {std::bit_cast<uint32_t>(numbers[0]), std::bit_cast<float>(numbers[1]),
            std::bit_cast<float>(numbers[2]), numbers[3]};
  }
  /// At least the score from word[place] to the end.
  float to_end(const Word& word, size_t place) const;
  UnigramTies& ties() { return ties_; }

  /// Makes room for further words. Only here may words be forgotten.
  void make_room();

 private:
  static constexpr size_t kMostNumbers = size_t{1} << 22;
  static constexpr size_t kExitNumbers = 4;
  static constexpr int kLineBits = 17;
  struct alignas(64) Slot {
    WordKey key;
    Word word;
  };
  using Line = std::array<Slot, 2>;

  static WordKey long_key(std::string_view word);
  bool is_spelled(const Word& known, std::string_view word) const;
  size_t exits_at(const Word& word) const {
    return word.ids.numbers + (word.ids.count > word.ids.first.size() ? word.ids.count : 0);
  }

  int shift_;  // 64 less the logarithm of the number of lines
  LargePageVector<Line> lines_;
  LargePageVector<int32_t> numbers_;
  UnigramTies ties_;
};

}  // namespace tessera
