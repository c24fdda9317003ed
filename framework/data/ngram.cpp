#include "framework/data/ngram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr uint64_t kRunTokens = uint64_t{1} << 20;

/// Calls visit(ids, first) so that ids[first], ids[first + 1], … are the labels of the positions.
/// The ids before them are context, which reaches up to `reach` tokens before `begin` in the same
/// document. Runs end with their document, and after a million tokens, so that memory stays small.
template <typename Visit>
void each_run(const TokenPart& part, uint64_t begin, uint64_t end, uint64_t reach, Visit&& visit) {
  end = std::min(end, part.token_count());
  std::vector<int32_t> ids;
  while (begin < end) {
    const TokenPart::Piece piece = part.piece_at(begin);
    const uint64_t stop = std::min({end, piece.end, begin + kRunTokens});
    const bool inside = stop < piece.end;
    const uint64_t start = begin - std::min(reach, begin - piece.begin);
    ids.resize(stop - start + (inside ? 1 : 0));
    part.read(start, ids);
    const int32_t last = part.marks().after_last();
    if (!inside && piece.ends_document && last != SpecialTokens::kNone) ids.push_back(last);
    visit(std::span<const int32_t>(ids), static_cast<size_t>(begin - start) + 1);
    begin = stop;
  }
}

}  // namespace

NgramModel::NgramModel(int order, int32_t vocab_size)
    : order_(order),
      vocab_size_(vocab_size),
      bits_per_token_(std::bit_width(static_cast<uint32_t>(vocab_size - 1))),
      grams_(order + 1),
      contexts_(order + 1),
      followers_(order + 1) {
  require(order >= 0 && (order + 1) * bits_per_token_ <= 64,
          "an n-gram model of order {} over {} tokens is not supported; choose a lower order",
          order, vocab_size);
}

uint64_t NgramModel::key(std::span<const int32_t> ids) const {
  uint64_t key = 0;
  for (int32_t id : ids) {
    check(id >= 0 && id < vocab_size_, "token {} of {}", id, vocab_size_);
    key = key << bits_per_token_ | static_cast<uint64_t>(id);
  }
  return key;
}

void NgramModel::add(std::span<const int32_t> ids, size_t first) {
  for (size_t i = first; i < ids.size(); ++i) {
    const size_t most = std::min<size_t>(static_cast<size_t>(order_), i);
    for (size_t j = 0; j <= most; ++j) {
      const uint64_t context = key(ids.subspan(i - j, j));
      if (grams_[j].increment(key(ids.subspan(i - j, j + 1))) == 0)
        followers_[j].increment(context);
      contexts_[j].increment(context);
    }
  }
}

void NgramModel::add(const TokenPart& part, uint64_t begin, uint64_t end) {
  each_run(part, begin, end, reach(),
           [&](std::span<const int32_t> ids, size_t first) { add(ids, first); });
}

double NgramModel::probability(std::span<const int32_t> context, int32_t id) const {
  double p = 1.0 / vocab_size_;
  const size_t most = std::min<size_t>(static_cast<size_t>(order_), context.size());
  for (size_t j = 0; j <= most; ++j) {
    const uint64_t history = key(context.last(j));
    const auto seen = static_cast<double>(contexts_[j].count(history));
    if (seen == 0) break;  // longer contexts are unseen too
    const auto kinds = static_cast<double>(followers_[j].count(history));
    const uint64_t gram = history << bits_per_token_ | static_cast<uint64_t>(id);
    p = (static_cast<double>(grams_[j].count(gram)) + kinds * p) / (seen + kinds);
  }
  return p;
}

double NgramModel::bits(std::span<const int32_t> ids, size_t first) const {
  double sum = 0;
  for (size_t i = first; i < ids.size(); ++i) sum -= std::log2(probability(ids.first(i), ids[i]));
  return sum;
}

NgramScore NgramModel::score(const TokenPart& part, uint64_t begin, uint64_t end) const {
  NgramScore score;
  each_run(part, begin, end, reach(), [&](std::span<const int32_t> ids, size_t first) {
    score.bits += bits(ids, first);
    score.labels += ids.size() - first;
    score.bytes += part.tokenizer().byte_count(ids.subspan(first));
  });
  return score;
}

NgramScore NgramModel::score(const TokenPart& part, std::span<const uint64_t> windows,
                             uint64_t length) const {
  NgramScore sum;
  for (const uint64_t window : windows) {
    const NgramScore one = score(part, window * length, (window + 1) * length);
    sum.bits += one.bits;
    sum.labels += one.labels;
    sum.bytes += one.bytes;
  }
  return sum;
}

int32_t commonest_token(const TokenPart& part) {
  std::vector<uint64_t> counts(static_cast<size_t>(part.tokenizer().vocab_size()));
  each_run(part, 0, part.token_count(), 0, [&](std::span<const int32_t> ids, size_t) {
    for (int32_t id : ids)
      counts[static_cast<size_t>(id)] += part.tokenizer().is_special(id) ? 0 : 1;
  });
  return static_cast<int32_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

void GuessAccuracy::add(std::span<const int32_t> labels, std::span<const float> weights) {
  check(labels.size() == weights.size(), "{} labels, {} weights", labels.size(), weights.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    weight += weights[i];
    if (labels[i] == guess) hits += weights[i];
  }
}

}  // namespace tessera
