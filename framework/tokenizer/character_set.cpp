#include "framework/tokenizer/character_set.h"

#include <algorithm>
#include <utility>

namespace tessera {

CharacterSet::CharacterSet(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  for (const Range& range : ranges) {
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1)
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    else
      ranges_.push_back(range);
  }
}

CharacterSet CharacterSet::all() {
  CharacterSet set(0, kLast);
  set.invalid_ = true;
  return set;
}

bool CharacterSet::contains(char32_t point) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), point,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges_.begin() && point <= std::prev(after)->last;
}

void CharacterSet::unite(const CharacterSet& other) {
  const bool invalid = invalid_ || other.invalid_;
  std::vector<Range> both = std::move(ranges_);
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  *this = CharacterSet(std::move(both));
  invalid_ = invalid;
}

CharacterSet CharacterSet::complement() const {
  CharacterSet rest;
  rest.invalid_ = !invalid_;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) rest.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kLast) rest.ranges_.push_back({next, kLast});
  return rest;
}

void CharacterSet::intersect(const CharacterSet& other) {
  CharacterSet outside = complement();
  outside.unite(other.complement());
  *this = outside.complement();
}

}  // namespace tessera
