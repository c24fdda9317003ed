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
constexpr int kLargestExponent = 17, kLeastExponent = 10;

size_t character_bytes(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool holds_word_end(std::string_view token) {
  for (size_t at = 1; at < token.size(); ++at)
    if (token[at] == ' ' && token[at - 1] != ' ') return true;
  return false;
}

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
    crosses_words_ = crosses_words_ || holds_word_end(tokens.back());
    largest_ = std::max(largest_, std::abs(score));
  }
  neighbours_ = Neighbours(tokens);
}

void SentencePieceUnigram::begin_part(std::string_view part, Progress& progress) const {
  progress.nodes.assign(part.size() + 1, {});
  progress.nodes[0].score = progress.score;
  progress.farthest = 0;
  progress.known.clear();
  progress.words.clear();
}

/// Offers every piece that begins in [from, to): a place keeps the segmentation of the largest float
/// sum; of equal sums that stands which comes first, whose last piece begins first.
void SentencePieceUnigram::find_best(const SentencePieceVocabulary& vocabulary,
                                     std::string_view part, size_t from, size_t to,
                                     Progress& progress) const {
  const DoubleArray& trie = vocabulary.trie();
  Progress::Node* const nodes = progress.nodes.data();
  for (size_t begin = from; begin < to;) {
    if (const float offset = nodes[begin].score; offset < -kReset || offset > kReset)
      for (size_t i = begin; i <= progress.farthest; ++i) nodes[i].score -= offset;
    const float score = nodes[begin].score;
    const size_t character = begin + character_bytes(part, begin);
    bool covered = false;
    size_t farthest = character;
    uint32_t node = DoubleArray::kRoot;
    for (size_t end = begin;
         end < part.size() && trie.step(node, static_cast<unsigned char>(part[end]));) {
      ++end;
      const int32_t id = trie.value(node);
      if (id < 0) continue;
      nodes[end].offer(scores_[static_cast<size_t>(id)] + score, begin, id);
      covered |= end == character;
      farthest = end;
    }
    if (!covered) nodes[character].offer(unknown_score_ + score, begin, vocabulary.unknown());
    progress.farthest = std::max({progress.farthest, character, farthest});
    begin = character;
  }
}

/// The largest e, 17 at most, with which the part's best segmentation may be remembered; 0 if none is
/// worth it.
int SentencePieceUnigram::largest_exponent(const DoubleArray& trie, std::string_view part,
                                           Progress& progress) const {
  constexpr double kLeast = -std::numeric_limits<double>::infinity();
  auto& exact = progress.exact;
  exact.assign(part.size() + 1, {kLeast, kLeast});
  exact[0].best = 0;
  size_t characters = 0;
  const auto offer = [&](size_t end, const Progress::Exact& before, float score) {
    Progress::Exact& sums = exact[end];
    const double best = before.best + score, second = before.second + score;
    if (best > sums.best)
      sums = {best, std::max(sums.best, second)};
    else
      sums.second = std::max(sums.second, best);
  };
  for (size_t begin = 0; begin < part.size(); ++characters) {
    const size_t character = begin + character_bytes(part, begin);
    bool covered = false;
    uint32_t node = DoubleArray::kRoot;
    for (size_t end = begin;
         end < part.size() && trie.step(node, static_cast<unsigned char>(part[end]));) {
      ++end;
      const int32_t id = trie.value(node);
      if (id < 0) continue;
      offer(end, exact[begin], scores_[static_cast<size_t>(id)]);
      covered = covered || end == character;
    }
    if (!covered) offer(character, exact[begin], unknown_score_);
    begin = character;
  }
  const Progress::Exact& whole = exact[part.size()];
  // The sums in double are themselves off by less than a millionth.
  const double lead = whole.best - whole.second - 1e-6;
  for (int exponent = kLargestExponent; exponent >= kLeastExponent; --exponent)
    if (lead > 2 * static_cast<double>(characters) * std::ldexp(1.0, exponent - 25))
      return exponent;
  return 0;
}

void SentencePieceUnigram::append_best(const SentencePieceVocabulary& vocabulary,
                                       std::string_view part, Progress& progress,
                                       std::vector<int32_t>& ids) const {
  auto& ends = progress.ends;
  ends.clear();
  for (size_t end = part.size(); end > 0;) {
    ends.push_back(static_cast<int32_t>(end));
    end = static_cast<size_t>(progress.nodes[end].begin);
  }
  for (size_t i = ends.size(); i-- > 0;) {
    const auto end = static_cast<size_t>(ends[i]);
    const Progress::Node& node = progress.nodes[end];
    const auto begin = static_cast<size_t>(node.begin);
    if (node.id < -1) {
      const Progress::Word& word = progress.words[static_cast<size_t>(-2 - node.id)];
      vocabulary.append(std::span(progress.known).subspan(word.first, word.last - word.first), 0,
                        ids);
    } else if (node.id == vocabulary.unknown()) {
      vocabulary.append_unknown(part.substr(begin, end - begin), 0, ids);
    } else {
      ids.push_back(node.id);
    }
  }
  progress.score = progress.nodes[part.size()].score;
}

void SentencePieceUnigram::encode(const SentencePieceVocabulary& vocabulary, std::string_view part,
                                  Progress& progress, std::vector<int32_t>& ids) const {
  begin_part(part, progress);
  find_best(vocabulary, part, 0, part.size(), progress);
  append_best(vocabulary, part, progress, ids);
}

}  // namespace tessera
