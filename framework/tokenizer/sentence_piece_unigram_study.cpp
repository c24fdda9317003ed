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
  offers_.clear();
  sums_.assign(word.size() + 1, {});
  sums_[0].best = 0;
  for (size_t begin = 0; begin < word.size(); begin += character_bytes(word, begin))
    find_pieces(word, begin, found);
}

void SentencePieceUnigram::Study::find_pieces(std::string_view word, size_t begin,
                                              UnigramMemory::Word& found) {
  const DoubleArray& trie = vocabulary_.trie();
  const size_t character = begin + character_bytes(word, begin);
  bool covered = false;
  uint32_t node = DoubleArray::kRoot;
  size_t end = begin;
  while (end < word.size() && trie.step(node, static_cast<unsigned char>(word[end]))) {
    ++end;
    const int32_t id = trie.value(node);
    if (id < 0) continue;
    offer(begin, end, model_.scores_[static_cast<size_t>(id)], id);
    covered = covered || end == character;
  }
  if (!covered) offer(begin, character, model_.unknown_score_, vocabulary_.unknown());
  if (end < word.size() || !trie.step(node, ' ')) return;
  const bool in_spaces = word.back() == ' ';
  if (begin == 0 && !(in_spaces && model_.spaces_stay_alone_))
    found.exit = onward(node);
  else
    exits_.push_back({begin, node, in_spaces, sums_[begin].best});
}

void SentencePieceUnigram::Study::offer(size_t begin, size_t end, float score, int32_t id) {
  offers_.push_back({begin, end, score});
  const Sums& before = sums_[begin];
  Sums& sums = sums_[end];
  const double best = before.best + score, second = before.second + score;
  if (best > sums.best)
    sums = {best, std::max(sums.best, second), begin, id};
  else
    sums.second = std::max(sums.second, best);
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
  for (size_t i = offers_.size(); i-- > 0;)
    to_end_[offers_[i].begin] =
        std::max(to_end_[offers_[i].begin], to_end_[offers_[i].end] + offers_[i].score);
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
    found.entered_gain = std::max(found.entered_gain, rounded_up(exit.gain - to_end_[exit.begin]));
  }
  const auto add = [&](bool near) {
    for (const Leaving& exit : exits_)
      if ((exit.before + exit.gain > found.best - kClear - kSumsInDouble) == near)
        numbers_.exits.push_back({onward(exit.node), rounded_up(exit.before)});
  };
  add(true);
  found.near_exits = static_cast<uint16_t>(numbers_.exits.size());
  add(false);
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
