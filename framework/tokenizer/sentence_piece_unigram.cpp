#include "framework/tokenizer/sentence_piece_unigram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = SentencePieceVocabulary::Kind;

constexpr float kUnknownPenalty = 10;
constexpr float kLargestScore = 1e30F;  // so that no sum of scores passes the largest float

}  // namespace

SentencePieceUnigram::SentencePieceUnigram(const SentencePieceVocabulary& vocabulary,
                                           const std::string& what) {
  float least = std::numeric_limits<float>::max();
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const float score = vocabulary.score(id);
    require(std::abs(score) <= kLargestScore, "{}: the score of piece {} ('{}') is {}", what, id,
            vocabulary.token(id), score);
    if (vocabulary.kind(id) == Kind::normal) least = std::min(least, score);
    // A user-defined piece is worth more than any normal ones in its place.
    scores_.push_back(
        vocabulary.kind(id) == Kind::user_defined
            ? static_cast<float>(0.1 * (static_cast<int>(vocabulary.token(id).size()) - 1))
            : score);
  }
  unknown_score_ = least - kUnknownPenalty;
  path_scores_ = scores_;
  std::vector<std::string_view> tokens;
  largest_ = std::abs(unknown_score_);
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    float& score = path_scores_[static_cast<size_t>(id)];
    if (id == vocabulary.unknown()) score = unknown_score_;
    // Bytes stand for unknown characters: the first byte of each counts for the character.
    if (const int byte = vocabulary.byte(id); byte >= 0)
      score = (byte & 0xc0) == 0x80 ? 0 : unknown_score_;
    if (vocabulary.normal(id).empty() || vocabulary.kind(id) == Kind::unused) continue;
    tokens.push_back(vocabulary.normal(id));
    largest_ = std::max(largest_, std::abs(score));
  }
  neighbours_ = Neighbours(tokens);
  find_gains(vocabulary);
}

size_t SentencePieceUnigram::end_of_word(std::string_view text, size_t at) const {
  if (text[at] == ' ') {  // of several spaces the last belongs to the word behind them
    const size_t next = std::min(text.find_first_not_of(' ', at), text.size());
    if (next - at > 1) return next == text.size() ? next : next - 1;
  }
  return neighbours_.end_of_word(text, at);
}

void SentencePieceUnigram::begin_search(float score, Search& search) const {
  search.nodes.clear();
  search.nodes.emplace_back();
  search.nodes[0].score = score;
  search.farthest = 0;
  search.ids.clear();
}

/// Offers every piece that begins in [from, to): a place keeps the segmentation of the largest float
/// sum; of equal sums that stands which comes first, whose last piece begins first.
void SentencePieceUnigram::search_word(const SentencePieceVocabulary& vocabulary,
                                       std::string_view text, size_t from, size_t to,
                                       Search& search) const {
  const DoubleArray& trie = vocabulary.trie();
  auto& nodes = search.nodes;
  if (nodes.size() <= to) nodes.resize(to + 1);
  for (size_t begin = from; begin < to;) {
    if (const float offset = nodes[begin].score; offset < -kReset || offset > kReset)
      for (size_t i = begin; i <= search.farthest; ++i) nodes[i].score -= offset;
    const float score = nodes[begin].score;
    const size_t character = begin + character_bytes(text, begin);
    bool covered = false;
    size_t farthest = character;
    trie.beginnings(text, begin, [&](size_t end, int32_t id) {
      if (end >= nodes.size()) nodes.resize(end + 1);
      nodes[end].offer(scores_[static_cast<size_t>(id)] + score, begin, id);
      covered |= end == character;
      farthest = std::max(farthest, end);
    });
    if (!covered) nodes[character].offer(unknown_score_ + score, begin, vocabulary.unknown());
    search.farthest = std::max({search.farthest, character, farthest});
    begin = character;
  }
}

void SentencePieceUnigram::end_search(const SentencePieceVocabulary& vocabulary,
                                      std::string_view text, size_t bytes, Search& search) const {
  auto& ends = search.ends;
  ends.clear();
  for (size_t end = bytes; end > 0;) {
    ends.push_back(static_cast<int32_t>(end));
    end = static_cast<size_t>(search.nodes[end].begin);
  }
  for (size_t i = ends.size(); i-- > 0;) {
    const auto end = static_cast<size_t>(ends[i]);
    const Node& node = search.nodes[end];
    const auto begin = static_cast<size_t>(node.begin);
    if (node.id == vocabulary.unknown())
      vocabulary.append_unknown(text.substr(begin, end - begin), 0, search.ids);
    else
      search.ids.push_back(node.id);
  }
  search.score = search.nodes[bytes].score;
}

}  // namespace tessera
