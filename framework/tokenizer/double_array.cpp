#include "framework/tokenizer/double_array.h"

#include <algorithm>
#include <limits>

#include "framework/core/error.h"

namespace tessera {

/// Places the nodes. Children lie in one block of 256 units, at the node's base with the byte's bits
/// changed. Free units are looked for in the newest blocks only, so that the time is linear.
class DoubleArray::Builder {
 public:
  using Key = std::pair<std::string_view, int32_t>;

  Builder(const std::vector<Key>& keys, std::vector<Unit>& units) : keys_(keys), units_(units) {
    add_block();
    units_[kRoot].word = kTaken;
    remove_free(kRoot);
    work_.push_back({kRoot, 0, keys.size(), 0});
    while (!work_.empty()) {
      const Range range = work_.back();
      work_.pop_back();
      place_children(range);
    }
  }

 private:
  static constexpr uint32_t kBlock = 256, kLine = 64 / sizeof(Unit);
  static constexpr size_t kOpenBlocks = 16, kMostTries = 256;
  static constexpr uint32_t kEnd = 0xffffffff;

  /// Keys [first, last) begin with the same `depth` bytes, which lead to `node`.
  struct Range {
    uint32_t node;
    size_t first, last, depth;
  };

  unsigned char byte_of(size_t key, size_t depth) const {
    return static_cast<unsigned char>(keys_[key].first[depth]);
  }

  void place_children(Range range) {
    Unit& unit = units_[range.node];
    if (keys_[range.first].first.size() == range.depth) {
      unit.word |= static_cast<uint32_t>(keys_[range.first].second + 1) << 10;
      if (++range.first == range.last) return;
    }
    unit.word |= kHasChildren;
    labels_.clear();
    starts_.clear();
    for (size_t key = range.first; key < range.last; ++key) {
      const unsigned char byte = byte_of(key, range.depth);
      if (!labels_.empty() && labels_.back() == byte) continue;
      labels_.push_back(byte);
      starts_.push_back(key);
    }
    starts_.push_back(range.last);
    const uint32_t base = find_base(range.node);  // which may move the units
    units_[range.node].base = base;
    base_used_[base] = true;
    for (size_t i = labels_.size(); i-- > 0;) {
      const uint32_t child = base ^ labels_[i];
      remove_free(child);
      units_[child].word = kTaken | labels_[i];
      work_.push_back({child, starts_[i], starts_[i + 1], range.depth + 1});
    }
  }

  bool is_free(uint32_t unit) const { return (units_[unit].word & kTaken) == 0; }

  /// Where the children of `parent` may lie. Near it, if there is room: then a step along a long key
  /// stays in one cache line.
  uint32_t find_base(uint32_t parent) {
    const uint32_t line = parent & ~(kLine - 1);
    for (uint32_t unit = line; unit < line + kLine; ++unit)
      if (const uint32_t base = unit ^ labels_[0]; is_free(unit) && fits(base)) return base;
    size_t tries = 0;
    for (uint32_t unit = first_free_; unit != kEnd && tries < kMostTries;
         unit = links_[unit].next, ++tries) {
      const uint32_t base = unit ^ labels_[0];
      if (fits(base)) return base;
    }
    const auto block = static_cast<uint32_t>(units_.size());
    add_block();
    return block ^ labels_[0];
  }

  /// Whether the children may lie there; the first one's unit is known to be free.
  bool fits(uint32_t base) const {
    return !base_used_[base] &&
           std::all_of(labels_.begin() + 1, labels_.end(),
                       [&](unsigned char label) { return is_free(base ^ label); });
  }

  void add_block() {
    const size_t old = units_.size();
    check(old < std::numeric_limits<uint32_t>::max() - kBlock, "a trie of {} units", old);
    units_.resize(old + kBlock);
    links_.resize(old + kBlock);
    base_used_.resize(old + kBlock, false);
    for (auto unit = static_cast<uint32_t>(old); unit < old + kBlock; ++unit) add_free(unit);
    if (old >= kOpenBlocks * kBlock) {
      const auto closed = static_cast<uint32_t>(old - kOpenBlocks * kBlock);
      for (uint32_t unit = closed; unit < closed + kBlock; ++unit)
        if (is_free(unit)) remove_free(unit);
    }
  }

  void add_free(uint32_t unit) {
    links_[unit] = {last_free_, kEnd};
    (last_free_ == kEnd ? first_free_ : links_[last_free_].next) = unit;
    last_free_ = unit;
  }

  /// Takes a unit out of the list; one of a closed block is not in it.
  void remove_free(uint32_t unit) {
    Link& link = links_[unit];
    if (link.previous == unit) return;
    (link.previous == kEnd ? first_free_ : links_[link.previous].next) = link.next;
    (link.next == kEnd ? last_free_ : links_[link.next].previous) = link.previous;
    link = {unit, unit};
  }

  struct Link {
    uint32_t previous = kEnd, next = kEnd;  // both the unit itself: not in the list
  };
  const std::vector<Key>& keys_;
  std::vector<Unit>& units_;
  std::vector<Link> links_;
  std::vector<bool> base_used_;
  uint32_t first_free_ = kEnd, last_free_ = kEnd;
  std::vector<Range> work_;
  std::vector<unsigned char> labels_;
  std::vector<size_t> starts_;
};

DoubleArray::DoubleArray(std::vector<std::pair<std::string_view, int32_t>> keys) {
  if (keys.empty()) return;
  std::sort(keys.begin(), keys.end());
  for (size_t i = 0; i < keys.size(); ++i) {
    check(!keys[i].first.empty() && keys[i].second >= 0 && keys[i].second < kMostValues,
          "a trie's key of {} bytes has the value {}", keys[i].first.size(), keys[i].second);
    check(i == 0 || keys[i - 1].first != keys[i].first, "a trie's key is given twice");
  }
  std::vector<Unit> units;
  const Builder builder(keys, units);
  units_.assign(units.begin(), units.end());
  long_ = LongKeys(keys);
}

DoubleArray::Match DoubleArray::longest(std::string_view text, size_t at, size_t most) const {
  Match match;
  if (empty()) return match;
  uint32_t node = kRoot;
  const size_t limit = std::min(text.size(), at + LongKeys::kShort);
  size_t end = at;
  for (; end < limit && step(node, static_cast<unsigned char>(text[end])); ++end) {
    if (value(node) < 0) continue;
    match = {end + 1 - at, value(node)};
    if (--most == 0) return match;
  }
  if (end < text.size() && end == at + LongKeys::kShort) {
    const LongKeys::Match last = long_.longest(text.substr(at), most);
    if (last.bytes > 0) match = {last.bytes, last.value};
  }
  return match;
}

int32_t DoubleArray::find(std::string_view key) const {
  if (empty()) return -1;
  if (key.size() > LongKeys::kShort) return long_.find(key);
  uint32_t node = kRoot;
  for (const char byte : key)
    if (!step(node, static_cast<unsigned char>(byte))) return -1;
  return value(node);
}

}  // namespace tessera
