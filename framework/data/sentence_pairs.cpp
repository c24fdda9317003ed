#include "framework/data/sentence_pairs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "framework/core/error.h"

namespace tessera {
namespace {

// The indices of a sample's draws.
constexpr uint64_t kPlace = 0, kIsNext = 1, kCut = 2, kLength = 3, kElsewhere = 16;
constexpr uint64_t kElsewhereTries = 16;

using Window = TextWindows::Window;

uint64_t length_of(const TextWindows::Text& text) { return text.end - text.begin; }

/// The length of the stretches of both texts: at least half of the shorter text, at most two tokens
/// less than it, and at most `most`.
uint64_t stretch_length(const Window& a, const Window& b, uint64_t most, double draw) {
  const uint64_t shorter = std::min(length_of(a.text), length_of(b.text));
  check(shorter >= kShortestPairedText, "a pair from a text of {} tokens", shorter);
  const uint64_t least = (shorter + 1) / 2, choices = shorter - 2 - least + 1;
  const auto drawn = least + static_cast<uint64_t>(draw * static_cast<double>(choices));
  return std::min(most, drawn);
}

/// Where the stretch of a window begins: after the first token of its text, and so that it ends
/// before the last.
uint64_t stretch_begin(const Window& window, uint64_t length) {
  const uint64_t places = length_of(window.text) - length - 1;
  return window.text.begin + 1 + static_cast<uint64_t>(window.place * static_cast<double>(places));
}

std::vector<int32_t> tokens(const TokenPart& part, uint64_t begin, uint64_t length) {
  std::vector<int32_t> ids(length);
  part.read(begin, ids);
  return ids;
}

struct Range {
  uint64_t low = 0, high = 0;
};

uint64_t distance(uint64_t a, uint64_t b) { return a < b ? b - a : a - b; }

/// Maps a token to the cut right behind it; of several such cuts, to the one nearest to a given
/// place.
using Cuts = std::map<int32_t, uint64_t>;

template <typename Accept>
Cuts cuts_of(std::span<const int32_t> text, const Range& range, uint64_t place, Accept accept) {
  Cuts cuts;
  for (uint64_t at = range.low; at <= range.high; ++at) {
    if (!accept(text[at - 1], text[at])) continue;
    const auto [found, added] = cuts.emplace(text[at - 1], at);
    if (!added && distance(at, place) < distance(found->second, place)) found->second = at;
  }
  return cuts;
}

struct CutPair {
  uint64_t first = 0, second = 0;
};

/// The two cuts behind the same token that are nearest to `place` together: what A ends with must
/// fit either B.
std::optional<CutPair> alike(const Cuts& a, const Cuts& b, uint64_t place) {
  std::optional<CutPair> best;
  const auto apart = [&](const CutPair& cuts) {
    return distance(cuts.first, place) + distance(cuts.second, place);
  };
  for (const auto& [token, at] : a) {
    const auto other = b.find(token);
    if (other == b.end()) continue;
    const CutPair cuts{at, other->second};
    if (!best || apart(cuts) < apart(*best)) best = cuts;
  }
  return best;
}

/// Where two texts are cut: behind the same token where a sentence ends in both, else behind the
/// same token anywhere, else at `place`.
CutPair cut_pair(const Tokenizer& tokenizer, std::span<const int32_t> a, std::span<const int32_t> b,
                 const Range& range, uint64_t place) {
  const auto sentence = [&](int32_t id, int32_t next) { return tokenizer.ends_sentence(id, next); };
  const auto anywhere = [](int32_t, int32_t) { return true; };
  if (const auto cuts =
          alike(cuts_of(a, range, place, sentence), cuts_of(b, range, place, sentence), place))
    return *cuts;
  return alike(cuts_of(a, range, place, anywhere), cuts_of(b, range, place, anywhere), place)
      .value_or(CutPair{place, place});
}

/// A window of another text; when none is met, a window of the same text whose stretch lies apart.
std::optional<Window> elsewhere(const TextWindows& windows, const Window& own, uint64_t most,
                                double length_draw, const Random& random, uint64_t sample) {
  for (uint64_t t = 0; t < kElsewhereTries; ++t) {
    const uint64_t draw = kElsewhere + 2 * t;
    const Window other = windows.window(random.below(windows.count(), sample, draw),
                                        random.uniform(sample, draw + 1));
    if (other.text.piece != own.text.piece) return other;
    if (t < kElsewhereTries / 2) continue;
    const uint64_t length = stretch_length(own, other, most, length_draw);
    const uint64_t a = stretch_begin(own, length), b = stretch_begin(other, length);
    if (a + length <= b || b + length <= a) return other;
  }
  return std::nullopt;
}

}  // namespace

SentencePair sentence_pair(const TokenPart& part, const TextWindows& windows, uint64_t index,
                           int64_t length, const Random& random, uint64_t sample) {
  const auto most = static_cast<uint64_t>(length);
  const double length_draw = random.uniform(sample, kLength);
  const Window own = windows.window(index, random.uniform(sample, kPlace));
  const auto found = elsewhere(windows, own, most, length_draw, random, sample);
  const Window& other = found ? *found : own;
  const uint64_t n = stretch_length(own, other, most, length_draw);
  const std::vector<int32_t> texts[] = {tokens(part, stretch_begin(own, n), n),
                                        tokens(part, stretch_begin(other, n), n)};

  const uint64_t low = std::max<uint64_t>(1, n / 4);
  const Range cuts{low, std::max(low, 3 * n / 4)};
  const uint64_t place = low + random.below(cuts.high - low + 1, sample, kCut);
  const CutPair both = cut_pair(part.tokenizer(), texts[0], texts[1], cuts, place);
  const uint64_t cut[] = {both.first, both.second};
  const uint64_t before = std::min(cut[0], cut[1]), after = n - std::max(cut[0], cut[1]);

  SentencePair pair;
  pair.is_next = !found || random.below(2, sample, kIsNext) == 0;
  const size_t second = pair.is_next ? 0 : 1;
  const auto at = [&](size_t i) { return texts[i].begin() + static_cast<int64_t>(cut[i]); };
  pair.first.assign(at(0) - static_cast<int64_t>(before), at(0));
  pair.second.assign(at(second), at(second) + static_cast<int64_t>(after));
  return pair;
}

}  // namespace tessera
