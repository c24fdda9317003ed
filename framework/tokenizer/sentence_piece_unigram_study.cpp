#include "framework/tokenizer/sentence_piece_unigram_study.h"

#include <algorithm>
#include <cmath>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr float kUnbounded = std::numeric_limits<float>::infinity();
constexpr size_t kMostStudied = 256;  // longer pieces would take time

float rounded_up(double score) {
  return std::nextafter(static_cast<float>(score), std::numeric_limits<float>::infinity());
}

}  // namespace

double SentencePieceUnigram::Study::best(std::string_view text) {
  UnigramMemory::Word found;
  find_pieces(text, found);
  return sums_.back().best;
}

UnigramMemory::Word SentencePieceUnigram::Study::of(std::string_view word) {
  UnigramMemory::Word found;
  numbers_.ids.clear();
  numbers_.exits.clear();
  find_pieces(word, found);
  const Sums& whole = sums_.back();
  found.best = whole.best;
  const bool known = append_ids(word);
  if (known) found.lead = -rounded_up(-(whole.best - whole.second - kSumsInDouble));
  find_scores_to_end(word.size());
  choose_exits(found);
  return found;
}

void SentencePieceUnigram::Study::find_pieces(std::string_view word, UnigramMemory::Word& found) {
  exits_.clear();
  sums_.assign(word.size() + 1, {});
  walk(word);
  sums_[0].best = 0;
  for (size_t begin = 0; begin < word.size(); begin += character_bytes(word, begin)) {
    const size_t character = begin + character_bytes(word, begin);
    bool covered = false;
    for (int32_t i = sums_[begin].offers; i >= 0; i = offers_[static_cast<size_t>(i)].next) {
      const Offer& offer = offers_[static_cast<size_t>(i)];
      covered = covered || offer.end == character;
      take(offer);
    }
    if (!covered) {
      offers_.push_back(
          {begin, character, model_.unknown_score_, vocabulary_.unknown(), sums_[begin].offers});
      sums_[begin].offers = static_cast<int32_t>(offers_.size()) - 1;
      take(offers_.back());
    }
  }
  for (Leaving& exit : exits_) exit.before = sums_[exit.begin].best;
  if (leaving_first_ != DoubleArray::kRoot) {
    const bool in_spaces = word.back() == ' ';
    if (in_spaces && model_.spaces_stay_alone_)
      exits_.push_back({0, leaving_first_, true, 0});
    else
      found.exit = onward(leaving_first_);
  }
}

/// Finds the pieces in the word. All places take a step at a time, so that what they read in the trie
/// is fetched together.
void SentencePieceUnigram::Study::walk(std::string_view word) {
  const DoubleArray& trie = vocabulary_.trie();
  offers_.clear();
  walks_.clear();
  leaving_first_ = DoubleArray::kRoot;
  for (size_t begin = 0; begin < word.size(); begin += character_bytes(word, begin))
    walks_.push_back({begin, DoubleArray::kRoot});
  for (size_t depth = 0; !walks_.empty(); ++depth) {
    size_t kept = 0;
    for (Walk walk : walks_) {
      const size_t at = walk.begin + depth;
      const bool ends = at == word.size();
      if (!trie.step(walk.node, ends ? ' ' : static_cast<unsigned char>(word[at]))) continue;
      if (ends) {
        leave(word, walk);
        continue;
      }
      if (const int32_t id = trie.value(walk.node); id >= 0) {
        int32_t& first = sums_[walk.begin].offers;
        offers_.push_back({walk.begin, at + 1, model_.scores_[static_cast<size_t>(id)], id, first});
        first = static_cast<int32_t>(offers_.size()) - 1;
      }
      if (const uint32_t children = trie.children(walk.node); children != 0)
        trie.prefetch(children,
                      at + 1 == word.size() ? ' ' : static_cast<unsigned char>(word[at + 1]));
      walks_[kept++] = walk;
    }
    walks_.resize(kept);
  }
}

void SentencePieceUnigram::Study::leave(std::string_view word, const Walk& walk) {
  if (walk.begin == 0)
    leaving_first_ = walk.node;
  else
    exits_.push_back({walk.begin, walk.node, word.back() == ' ', 0});
}

void SentencePieceUnigram::Study::take(const Offer& offer) {
  const Sums& before = sums_[offer.begin];
  Sums& sums = sums_[offer.end];
  const double best = before.best + offer.score, second = before.second + offer.score;
  if (best > sums.best) {
    sums.second = std::max(sums.best, second);
    sums.best = best;
    sums.begin = offer.begin;
    sums.id = offer.id;
  } else {
    sums.second = std::max(sums.second, best);
  }
}

/// False if the ids do not tell the score: several unknown characters are one id.
bool SentencePieceUnigram::Study::append_ids(std::string_view word) {
  ends_.clear();
  for (size_t end = word.size(); end > 0; end = sums_[end].begin) ends_.push_back(end);
  for (size_t i = ends_.size(); i-- > 0;) {
    const Sums& last = sums_[ends_[i]];
    if (last.id == vocabulary_.unknown())
      vocabulary_.append_unknown(word.substr(last.begin, ends_[i] - last.begin), 0, numbers_.ids);
    else
      numbers_.ids.push_back(last.id);
  }
  return vocabulary_.byte_fallback() || numbers_.ids.size() == ends_.size();
}

void SentencePieceUnigram::Study::find_scores_to_end(size_t size) {
  to_end_.assign(size + 1, kNone);
  to_end_[size] = 0;
  for (size_t begin = size; begin-- > 0;)
    for (int32_t i = sums_[begin].offers; i >= 0; i = offers_[static_cast<size_t>(i)].next) {
      const Offer& offer = offers_[static_cast<size_t>(i)];
      to_end_[begin] = std::max(to_end_[begin], to_end_[offer.end] + offer.score);
    }
  numbers_.to_end.resize(size);
  for (size_t at = 0; at < size; ++at) numbers_.to_end[at] = rounded_up(to_end_[at]);
}

/// Puts those exits first that may lead to the best segmentation. A piece that leaves inside the
/// word stands for the word's own best segmentation and that of what follows in the piece, and is
/// worth `gain` more than the latter at most.
void SentencePieceUnigram::Study::choose_exits(UnigramMemory::Word& found) {
  if (model_.spaces_stay_alone_) join_spaces();
  found.entered_gain = 0;
  for (Leaving& exit : exits_) {
    const auto known = model_.gains_.find(exit.node);
    exit.gain = known == model_.gains_.end() ? kUnbounded : known->second;
    found.entered_gain = std::max(found.entered_gain, rise_of(exit));
  }
  const auto add = [&](bool near) {
    for (const Leaving& exit : exits_)
      if ((exit.before + exit.gain > found.best - kClear - kSumsInDouble) == near)
        numbers_.exits.push_back({onward(exit.node), rounded_up(exit.before), rise_of(exit),
                                  static_cast<int32_t>(exit.begin)});
  };
  add(true);
  found.near_exits = static_cast<uint16_t>(numbers_.exits.size());
  add(false);
}

/// By how much, at most, a segmentation that leaves there exceeds one that goes to the word's end
/// from the place where it came in.
float SentencePieceUnigram::Study::rise_of(const Leaving& exit) const {
  return rounded_up(exit.gain - to_end_[exit.begin]);
}

/// Pieces of spaces that take in the space behind a run of spaces end there: one bound will do.
void SentencePieceUnigram::Study::join_spaces() {
  double most = kNone;
  size_t kept = 0;
  for (const Leaving& exit : exits_) {
    if (!exit.in_spaces)
      exits_[kept++] = exit;
    else if (const int32_t id = vocabulary_.trie().value(exit.node); id >= 0)
      most = std::max(most,
                      exit.before + static_cast<double>(model_.scores_[static_cast<size_t>(id)]));
  }
  exits_.resize(kept);
  if (most > kNone) exits_.push_back({0, UnigramMemory::kSpace, true, most});
}

uint32_t SentencePieceUnigram::Study::onward(uint32_t node) const {
  if (node == UnigramMemory::kSpace) return node;
  const uint32_t children = vocabulary_.trie().children(node);
  return vocabulary_.trie().value(node) >= 0 || children == 0 ? node | UnigramMemory::kIsNode
                                                              : children;
}

void SentencePieceUnigram::find_gains(const SentencePieceVocabulary& vocabulary) {
  const DoubleArray& trie = vocabulary.trie();
  Study study(*this, vocabulary);
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view piece = vocabulary.normal(id);
    const size_t space = piece.find(' ');
    if (vocabulary.kind(id) == SentencePieceVocabulary::Kind::unused) continue;
    if (piece.starts_with("  ") && piece.find_first_not_of(' ') != piece.npos)
      spaces_stay_alone_ = false;
    if (space == piece.npos || space == 0) continue;
    uint32_t node = DoubleArray::kRoot;
    for (size_t i = 0; i <= space; ++i)
      check(trie.step(node, static_cast<unsigned char>(piece[i])), "piece {}", id);
    const float gain =
        piece.size() > kMostStudied
            ? kUnbounded
            : rounded_up(scores_[static_cast<size_t>(id)] - study.best(piece.substr(space)));
    const auto [known, is_new] = gains_.emplace(node, gain);
    if (!is_new) known->second = std::max(known->second, gain);
  }
}

}  // namespace tessera
