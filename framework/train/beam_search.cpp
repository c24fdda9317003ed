#include "framework/train/beam_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/core/error.h"

namespace tessera {

BeamSearch::BeamSearch(const BeamOptions& options, int64_t most, size_t end_tokens, Ends ends)
    : options_(options),
      most_(most),
      kept_(std::max<size_t>(2, 1 + end_tokens) * static_cast<size_t>(options.beams)),
      ends_(std::move(ends)),
      running_(static_cast<size_t>(options.beams)),
      ended_(static_cast<size_t>(options.beams)),
      parents_(static_cast<size_t>(options.beams)) {
  // All texts are alike at first, so only the first one is continued.
  running_[0].score = 0;
}

std::vector<BeamSearch::Continuation> BeamSearch::best_continuations(
    std::span<const float> scores) const {
  const size_t vocab = scores.size() / running_.size();
  const auto total = [&](size_t i) { return scores[i] + running_[i / vocab].score; };
  // A heap of the best so far, the worst of them first.
  std::vector<std::pair<float, size_t>> heap;
  const auto better = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::pair<float, size_t> now{total(i), i};
    if (heap.size() == kept_) {
      if (!better(now, heap.front())) continue;
      std::pop_heap(heap.begin(), heap.end(), better);
      heap.back() = now;
    } else {
      heap.push_back(now);
    }
    std::push_heap(heap.begin(), heap.end(), better);
  }
  std::sort(heap.begin(), heap.end(), better);
  std::vector<Continuation> out;
  for (const auto& [score, i] : heap) {
    Continuation c{static_cast<int32_t>(i / vocab), static_cast<int32_t>(i % vocab), score, false};
    c.ends = length_ + 1 >= most_ || ends_(text_of(c).ids);
    out.push_back(c);
  }
  return out;
}

BeamSearch::Text BeamSearch::text_of(const Continuation& continuation) const {
  Text text = running_[static_cast<size_t>(continuation.parent)];
  text.ids.push_back(continuation.token);
  text.score = continuation.score;
  return text;
}

void BeamSearch::run_on(const std::vector<Continuation>& best) {
  const auto score = [&](size_t i) { return best[i].score + (best[i].ends ? kNothing : 0); };
  std::vector<size_t> order(best.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return score(a) > score(b); });
  std::vector<Text> next;
  for (size_t i = 0; i < running_.size(); ++i) {
    next.push_back(text_of(best[order[i]]));
    next.back().score = score(order[i]);
    parents_[i] = best[order[i]].parent;
  }
  running_ = std::move(next);
}

void BeamSearch::collect_ended(const std::vector<Continuation>& best) {
  const bool full = std::ranges::all_of(ended_, [](const Text& text) { return text.ended; });
  const bool closed = !improves_ || (full && options_.early == BeamOptions::Early::yes);
  const auto share =
      static_cast<float>(std::pow(static_cast<double>(length_ + 1), options_.length_penalty));
  std::vector<Text> all = ended_;
  // Only the best of the continuations may be results; the others stand in for those that end.
  for (size_t i = 0; i < running_.size(); ++i) {
    if (!best[i].ends || closed) continue;
    all.push_back(text_of(best[i]));
    all.back().score /= share;
    all.back().ended = true;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Text& a, const Text& b) { return a.score > b.score; });
  all.resize(ended_.size());
  ended_ = std::move(all);
}

bool BeamSearch::may_improve() const {
  const bool greatest = options_.early == BeamOptions::Early::never && options_.length_penalty > 0;
  const double length = static_cast<double>(greatest ? most_ : length_);
  const float possible =
      running_[0].score / static_cast<float>(std::pow(length, options_.length_penalty));
  const auto worst = std::ranges::min_element(ended_, {}, &Text::score)->score;
  return std::ranges::any_of(
      ended_, [&](const Text& text) { return possible > (text.ended ? worst : kNothing); });
}

bool BeamSearch::step(std::span<const float> scores) {
  check(!scores.empty() && scores.size() % running_.size() == 0, "{} scores for {} beams",
        scores.size(), running_.size());
  const std::vector<Continuation> best = best_continuations(scores);
  check(best.size() >= running_.size(), "{} tokens for {} beams", scores.size(), running_.size());
  collect_ended(best);
  run_on(best);
  ++length_;
  improves_ = improves_ && may_improve();
  const bool full = std::ranges::all_of(ended_, [](const Text& text) { return text.ended; });
  return improves_ && !(full && options_.early == BeamOptions::Early::yes) &&
         !std::ranges::all_of(best, [](const Continuation& c) { return c.ends; });
}

}  // namespace tessera
