#include "framework/tokenizer/long_keys.h"

#include <algorithm>

namespace tessera {
namespace {

size_t common_bytes(std::string_view a, std::string_view b) {
  constexpr size_t kBlock = 128;  // which is compared as fast as memory is read
  const size_t most = std::min(a.size(), b.size());
  size_t same = 0;
  while (same + kBlock <= most && a.substr(same, kBlock) == b.substr(same, kBlock)) same += kBlock;
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

}  // namespace

LongKeys::LongKeys(const std::vector<std::pair<std::string_view, int32_t>>& keys) {
  std::vector<int32_t> open;  // the keys that the one before begins with, and itself
  for (const auto& [text, value] : keys) {
    if (text.size() <= kShort) continue;
    while (!open.empty() && !text.starts_with(keys_[static_cast<size_t>(open.back())]))
      open.pop_back();
    set_link({.bytes = text.size(), .value = value}, open.empty() ? -1 : open.back());
    open.push_back(static_cast<int32_t>(keys_.size()));
    keys_.emplace_back(text);
  }
}

/// A jump doubles the one before where two of the same length come together (Myers, "An Applicative
/// Random-Access Stack", 1983).
void LongKeys::set_link(Link made, int32_t parent) {
  made.parent = made.jump = parent;
  if (parent >= 0) {
    made.depth = link(parent).depth + 1;
    const int32_t jump = link(parent).jump;
    const int32_t next = jump < 0 ? -1 : link(jump).jump;
    if (next >= 0 && link(parent).depth - link(jump).depth == link(jump).depth - link(next).depth)
      made.jump = next;
  }
  links_.push_back(made);
}

int32_t LongKeys::find(std::string_view text) const {
  const auto found = std::lower_bound(keys_.begin(), keys_.end(), text);
  return found != keys_.end() && *found == text
             ? link(static_cast<int32_t>(found - keys_.begin())).value
             : -1;
}

/// The number of the longest key that `text` begins with, or -1. All of them come before the text, and
/// the last key before it begins with each of them.
int32_t LongKeys::longest(std::string_view text) const {
  const auto after = std::upper_bound(keys_.begin(), keys_.end(), text);
  if (after == keys_.begin()) return -1;
  auto number = static_cast<int32_t>(after - keys_.begin()) - 1;
  const size_t common = common_bytes(*(after - 1), text);
  while (number >= 0 && link(number).bytes > common) {
    const int32_t jump = link(number).jump;
    number = jump >= 0 && link(jump).bytes > common ? jump : link(number).parent;
  }
  return number;
}

LongKeys::Match LongKeys::longest(std::string_view text, size_t most) const {
  int32_t number = longest(text);
  while (number >= 0 && static_cast<size_t>(link(number).depth) >= most) {
    const int32_t jump = link(number).jump;
    number =
        jump >= 0 && static_cast<size_t>(link(jump).depth) >= most ? jump : link(number).parent;
  }
  return number < 0 ? Match{} : Match{link(number).bytes, link(number).value};
}

}  // namespace tessera
