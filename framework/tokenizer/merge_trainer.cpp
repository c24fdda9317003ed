#include "framework/tokenizer/merge_trainer.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "framework/core/error.h"
#include "framework/tokenizer/merge_queue.h"
#include "framework/tokenizer/pair_map.h"

namespace tessera {
namespace {

using WordIndex = uint32_t;

// Lists of words, one behind the other, each after its length.
class WordLists {
 public:
  uint64_t add(size_t length) {
    const uint64_t begin = lists_.size();
    lists_.push_back(static_cast<WordIndex>(length));
    lists_.resize(lists_.size() + length);
    return begin;
  }
  std::span<WordIndex> operator[](uint64_t begin) {
    return std::span(lists_).subspan(begin + 1, lists_[begin]);
  }
  void shorten(uint64_t begin, size_t length) { lists_[begin] = static_cast<WordIndex>(length); }

 private:
  std::vector<WordIndex> lists_;
};

// What one merge changed at one side of it: by the neighbour, how often and in which words.
class Neighbours {
 public:
  struct Neighbour {
    int64_t total = 0;
    size_t words = 0;
    uint64_t list = 0;  // in WordLists, once take_lists() was called
    size_t listed = 0;
    WordIndex last = 0;
  };

  void add(uint32_t id, WordIndex word, uint64_t count) {
    if (id >= by_id_.size()) by_id_.resize(std::max<size_t>(id + 1, 2 * by_id_.size()));
    Neighbour& neighbour = by_id_[id];
    if (neighbour.words == 0) ids_.push_back(id);
    neighbour.total += static_cast<int64_t>(count);
    if (neighbour.words > 0 && neighbour.last == word) return;
    neighbour.last = word;
    ++neighbour.words;
    records_.emplace_back(id, word);
  }

  void take_lists(WordLists& lists) {
    for (const uint32_t id : ids_) by_id_[id].list = lists.add(by_id_[id].words);
    for (const auto& [id, word] : records_) lists[by_id_[id].list][by_id_[id].listed++] = word;
  }

  const std::vector<uint32_t>& ids() const { return ids_; }
  const Neighbour& operator[](uint32_t id) const { return by_id_[id]; }
  bool has(uint32_t id) const { return id < by_id_.size() && by_id_[id].words > 0; }
  void clear() {
    for (const uint32_t id : ids_) by_id_[id] = {};
    ids_.clear();
    records_.clear();
  }

 private:
  std::vector<Neighbour> by_id_;
  std::vector<uint32_t> ids_;  // of those in by_id_ that have words
  std::vector<std::pair<uint32_t, WordIndex>> records_;
};

class Training {
 public:
  Training(SymbolWords words, const MergeTraining& options, TokenList& tokens)
      : words_(std::move(words)), options_(options), tokens_(tokens) {}

  std::vector<std::pair<uint32_t, uint32_t>> run() {
    count_pairs();
    std::vector<TokenPair> merges;
    while (tokens_.size() < options_.vocabulary) {
      std::optional<MergeCandidate> top = queue_.pop();
      if (!top) break;
      const int64_t now = counts_.find(top->pair);
      check(now >= 0, "a pair of tokens occurs {} times", now);
      if (top->count != static_cast<uint64_t>(now)) {  // it has changed since it was put in
        top->count = static_cast<uint64_t>(now);
        queue_.push(*top);
        continue;
      }
      if (top->count < 1 || top->count < options_.least_count) break;
      merges.push_back(top->pair);
      merge(*top, tokens_.add(joined(top->pair)));
    }
    return once_each(merges);
  }

 private:
  void count_pairs() {
    struct Found {
      int64_t total = 0;
      size_t words = 0;
      uint64_t list = 0;
      WordIndex last = 0;
    };
    PairMap<Found> found;
    for_each_pair([&](TokenPair pair, WordIndex word) {
      Found& here = found[pair];
      here.total += static_cast<int64_t>(words_.count(word));
      if (here.words == 0 || here.last != word) ++here.words;
      here.last = word;
    });
    found.for_each([&](TokenPair pair, Found& here) {
      counts_[pair] = here.total;
      here.list = lists_.add(here.words);
      here.words = 0;
      queue_.push({.count = static_cast<uint64_t>(here.total), .pair = pair, .words = here.list});
    });
    for_each_pair([&](TokenPair pair, WordIndex word) {
      Found& here = found[pair];
      if (here.words > 0 && here.last == word) return;
      here.last = word;
      lists_[here.list][here.words++] = word;
    });
  }

  template <typename Visit>
  void for_each_pair(Visit&& visit) {
    for (WordIndex word = 0; word < words_.size(); ++word) {
      const std::span<const uint32_t> symbols = words_.symbols(word);
      for (size_t i = 1; i < symbols.size(); ++i)
        visit(TokenPair(symbols[i - 1], symbols[i]), word);
    }
  }

  std::string joined(TokenPair pair) const {
    const std::string& left = tokens_[pair.left()];
    const std::string& right = tokens_[pair.right()];
    const bool prefixed = right.starts_with(options_.continuing_prefix);
    return left + right.substr(prefixed ? options_.continuing_prefix.size() : 0);
  }

  void merge(const MergeCandidate& top, uint32_t made) {
    for (const WordIndex word : lists_[top.words]) merge_in(word, top.pair, made);
    // The count of the merged pair itself stays, as in the reference: it matters where two pairs
    // make one token, and the pair can so come up again.
    for (const uint32_t id : before_.ids()) {
      counts_[{id, top.pair.left()}] -= before_[id].total;
      counts_[{id, made}] += before_[id].total;
    }
    for (const uint32_t id : after_.ids()) {
      counts_[{top.pair.right(), id}] -= after_[id].total;
      counts_[{made, id}] += after_[id].total;
    }
    before_.take_lists(lists_);
    after_.take_lists(lists_);
    const bool twice = before_.has(made) && after_.has(made);  // the pair (made, made)
    for (const uint32_t id : before_.ids())
      propose({id, made},
              twice && id == made ? united(before_[id].list, after_[id].list) : before_[id].list);
    for (const uint32_t id : after_.ids())
      if (!twice || id != made) propose({made, id}, after_[id].list);
    before_.clear();
    after_.clear();
  }

  void merge_in(WordIndex word, TokenPair pair, uint32_t made) {
    const std::span<uint32_t> symbols = words_.symbols(word);
    const uint32_t left = pair.left(), right = pair.right();
    const size_t size = symbols.size();
    size_t from = 0;
    while (from + 1 < size && (symbols[from] != left || symbols[from + 1] != right)) ++from;
    if (from + 1 >= size) return;
    size_t to = from;
    while (from < size) {
      if (symbols[from] != left || from + 1 == size || symbols[from + 1] != right) {
        symbols[to++] = symbols[from++];
        continue;
      }
      if (to > 0) before_.add(symbols[to - 1], word, words_.count(word));
      if (from + 2 < size) after_.add(symbols[from + 2], word, words_.count(word));
      symbols[to++] = made;
      from += 2;
    }
    words_.shorten(word, to);
  }

  void propose(TokenPair pair, uint64_t list) {
    const int64_t count = counts_.find(pair);
    if (count > 0)
      queue_.push({.count = static_cast<uint64_t>(count), .pair = pair, .words = list});
  }

  uint64_t united(uint64_t a, uint64_t b) {
    std::vector<WordIndex> both;
    std::ranges::set_union(lists_[a], lists_[b], std::back_inserter(both));
    const uint64_t list = lists_.add(both.size());
    std::ranges::copy(both, lists_[list].begin());
    return list;
  }

  // A pair that was merged twice has the rank of the last time, as in the reference.
  static std::vector<std::pair<uint32_t, uint32_t>> once_each(
      const std::vector<TokenPair>& merges) {
    PairMap<size_t> last;
    for (size_t i = 0; i < merges.size(); ++i) last[merges[i]] = i;
    std::vector<std::pair<uint32_t, uint32_t>> kept;
    for (size_t i = 0; i < merges.size(); ++i)
      if (last.find(merges[i]) == i) kept.emplace_back(merges[i].left(), merges[i].right());
    return kept;
  }

  SymbolWords words_;
  const MergeTraining& options_;
  TokenList& tokens_;
  PairMap<int64_t> counts_;
  WordLists lists_;
  MergeQueue queue_;
  Neighbours before_, after_;
};

}  // namespace

void SymbolWords::add(std::span<const uint32_t> symbols, uint64_t count) {
  if (symbols.size() < 2) return;
  words_.push_back({.begin = symbols_.size(), .length = symbols.size(), .count = count});
  symbols_.insert(symbols_.end(), symbols.begin(), symbols.end());
}

std::vector<std::pair<uint32_t, uint32_t>> train_merges(SymbolWords words,
                                                        const MergeTraining& options,
                                                        TokenList& tokens) {
  require(words.size() <= UINT32_MAX, "the texts have {} different words, more than {}",
          words.size(), UINT32_MAX);
  return Training(std::move(words), options, tokens).run();
}

}  // namespace tessera
