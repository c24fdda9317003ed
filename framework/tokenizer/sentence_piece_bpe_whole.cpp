#include <queue>
#include <unordered_map>
#include <utility>

#include "framework/tokenizer/sentence_piece_bpe.h"

namespace tessera {
namespace {

using Kind = SentencePieceVocabulary::Kind;

constexpr int kDeepest =
    100;  // sentencepiece takes a piece apart to this depth, and leaves the rest

}  // namespace

/// A whole text while it is merged. sentencepiece keeps, for each unused piece, the two parts that
/// last could have made it anywhere in the text, and takes it apart into those.
struct SentencePieceBpe::Whole {
  struct Symbol {
    int32_t id = 0;
    int32_t previous = -1, next = -1;
    bool fixed = false;  // a user-defined piece
    bool gone = false;
  };
  struct Candidate {
    uint32_t rank;
    int32_t left, right;
    int32_t left_id, right_id, made;

    bool operator<(const Candidate& other) const {  // the last one leaves the heap first
      return rank != other.rank ? rank > other.rank : left > other.left;
    }
  };

  const SentencePieceBpe& bpe;
  const SentencePieceVocabulary& vocabulary;
  std::vector<Symbol> symbols;
  std::priority_queue<Candidate> heap;
  std::unordered_map<int32_t, std::pair<int32_t, int32_t>> parts;  // of unused pieces

  void add(int32_t id, bool fixed) {
    const auto place = static_cast<int32_t>(symbols.size());
    if (place > 0) symbols.back().next = place;
    symbols.push_back({id, place - 1, -1, fixed, false});
  }

  Symbol& at(int32_t place) { return symbols[static_cast<size_t>(place)]; }

  void consider(int32_t left, int32_t right) {
    if (left < 0 || right < 0 || at(left).fixed || at(right).fixed) return;
    const Merge merge = bpe.merges_.find(at(left).id, at(right).id);
    if (merge.rank == Merge::kNone) return;
    heap.push({merge.rank, left, right, at(left).id, at(right).id, merge.made});
    if (vocabulary.kind(merge.made) == Kind::unused)
      parts[merge.made] = {at(left).id, at(right).id};
  }

  void merge() {
    for (int32_t i = 1; i < static_cast<int32_t>(symbols.size()); ++i) consider(i - 1, i);
    while (!heap.empty()) {
      const Candidate best = heap.top();
      heap.pop();
      Symbol& left = at(best.left);
      Symbol& right = at(best.right);
      if (left.gone || right.gone || left.id != best.left_id || right.id != best.right_id) continue;
      left.id = best.made;
      left.next = right.next;
      if (right.next >= 0) at(right.next).previous = best.left;
      right.gone = true;
      consider(left.previous, best.left);
      consider(best.left, left.next);
    }
  }

  void append(int32_t id, size_t first, std::vector<int32_t>& ids, int depth) const {
    if (id >= vocabulary.size() || vocabulary.kind(id) != Kind::unused || depth > kDeepest) {
      bpe.append(vocabulary, id, first, ids);
      return;
    }
    const auto found = parts.find(id);
    if (found == parts.end()) {
      vocabulary.append_unknown(vocabulary.normal(id), first, ids);
      return;
    }
    append(found->second.first, first, ids, depth + 1);
    append(found->second.second, first, ids, depth + 1);
  }
};

void SentencePieceBpe::encode_whole(const SentencePieceVocabulary& vocabulary,
                                    std::string_view text, std::vector<int32_t>& ids) const {
  Whole whole{*this, vocabulary, {}, {}, {}};
  for (size_t at = 0; at < text.size();) {
    const DoubleArray::Match match = vocabulary.user_defined().longest(text, at);
    if (match.bytes > 0) {
      whole.add(match.value, true);
      at += match.bytes;
    } else {
      whole.add(symbol(vocabulary, text, at, at), false);
    }
  }
  whole.merge();
  const size_t first = ids.size();
  for (const Whole::Symbol& symbol : whole.symbols)
    if (!symbol.gone) whole.append(symbol.id, first, ids, 0);
}

}  // namespace tessera
