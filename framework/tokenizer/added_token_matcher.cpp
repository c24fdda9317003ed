#include "framework/tokenizer/added_token_matcher.h"

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

size_t pair_of(char first, char second) {
  return size_t{static_cast<unsigned char>(first)} << 8 | static_cast<unsigned char>(second);
}

}  // namespace

AddedTokenMatcher::AddedTokenMatcher(std::vector<std::pair<std::string, int32_t>> strings) {
  std::erase_if(strings, [](const auto& entry) { return entry.first.empty(); });
  std::stable_sort(strings.begin(), strings.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  strings.erase(std::unique(strings.begin(), strings.end(),
                            [](const auto& a, const auto& b) { return a.first == b.first; }),
                strings.end());
  insert_all(strings);
  link_suffixes();
  for (const auto& [text, value] : strings) {
    if (text.size() > 1) {
      pairs_.set(pair_of(text[0], text[1]));
    } else {
      for (int second = 0; second < 256; ++second)
        pairs_.set(pair_of(text[0], static_cast<char>(second)));
    }
  }
  if (!strings.empty() && strings.front().first[0] == strings.back().first[0])
    only_byte_ = static_cast<unsigned char>(strings.front().first[0]);
}

void AddedTokenMatcher::insert_all(const std::vector<std::pair<std::string, int32_t>>& strings) {
  // Nodes are made level by level: a node is a range of sorted strings that share their first bytes.
  struct Range {
    size_t begin, end;
  };
  std::vector<Range> ranges{{0, strings.size()}};
  nodes_.emplace_back();
  for (uint32_t node = 0; node < nodes_.size(); ++node) {
    Range range = ranges[node];
    const size_t depth = nodes_[node].depth;
    if (range.begin < range.end && strings[range.begin].first.size() == depth && depth > 0)
      nodes_[node].value = strings[range.begin++].second;
    nodes_[node].first_edge = static_cast<uint32_t>(edges_.size());
    while (range.begin < range.end) {
      const char byte = strings[range.begin].first[depth];
      size_t end = range.begin + 1;
      while (end < range.end && strings[end].first[depth] == byte) ++end;
      edges_.emplace_back(static_cast<unsigned char>(byte), static_cast<uint32_t>(nodes_.size()));
      ranges.push_back({range.begin, end});
      nodes_.emplace_back().depth = static_cast<uint32_t>(depth + 1);
      range.begin = end;
    }
    nodes_[node].edges = static_cast<uint32_t>(edges_.size()) - nodes_[node].first_edge;
    const auto first = edges_.begin() + nodes_[node].first_edge;
    std::sort(first, edges_.end());
  }
  for (size_t i = 0; i < nodes_[0].edges; ++i) roots_[edges_[i].first] = edges_[i].second;
}

void AddedTokenMatcher::link_suffixes() {
  // A node's children come after it, so that fallbacks of shorter ones are known.
  for (uint32_t node = 0; node < nodes_.size(); ++node) {
    const Node& parent = nodes_[node];
    for (uint32_t i = parent.first_edge; i < parent.first_edge + parent.edges; ++i) {
      const auto [byte, below] = edges_[i];
      uint32_t fallback = 0;
      if (node != 0) {
        uint32_t from = parent.fallback;
        while (from != 0 && child(from, byte) == 0) from = nodes_[from].fallback;
        fallback = child(from, byte);
      }
      nodes_[below].fallback = fallback;
      nodes_[below].longest = nodes_[below].value >= 0 ? below : nodes_[fallback].longest;
    }
  }
}

uint32_t AddedTokenMatcher::child(uint32_t node, unsigned char byte) const {
  if (node == 0) return roots_[byte];
  const auto begin = edges_.begin() + nodes_[node].first_edge;
  const auto end = begin + nodes_[node].edges;
  const auto found = std::lower_bound(begin, end, std::pair<unsigned char, uint32_t>(byte, 0));
  return found != end && found->first == byte ? found->second : 0;
}

size_t AddedTokenMatcher::skip(std::string_view text, size_t at) const {
  while (at + 1 < text.size()) {
    if (only_byte_ >= 0) {
      const void* found = std::memchr(text.data() + at, only_byte_, text.size() - at);
      if (found == nullptr) return text.size();
      at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
      if (at + 1 == text.size()) break;
    } else {
      while (at + 1 < text.size() && roots_[static_cast<unsigned char>(text[at])] == 0) ++at;
      if (at + 1 == text.size()) break;
    }
    if (pairs_[pair_of(text[at], text[at + 1])]) return at;
    ++at;
  }
  return at;
}

std::optional<AddedTokenMatcher::Match> AddedTokenMatcher::find(std::string_view text,
                                                                size_t from) const {
  if (empty()) return std::nullopt;
  std::optional<Match> best;
  uint32_t node = 0;
  for (size_t at = from; at < text.size(); ++at) {
    if (node == 0) {
      at = skip(text, at);
      if (at >= text.size()) break;
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    uint32_t next = child(node, byte);
    while (next == 0 && node != 0) {
      node = nodes_[node].fallback;
      next = child(node, byte);
    }
    node = next;
    // Whatever is still to be found begins at or after the start of the node's string.
    if (best && at + 1 - nodes_[node].depth > best->begin) return best;
    if (const uint32_t ending = nodes_[node].longest; ending != 0) {
      const Node& found = nodes_[ending];
      const size_t begin = at + 1 - found.depth;
      if (!best || begin <= best->begin) best = Match{begin, at + 1, found.value};
    }
  }
  return best;
}

}  // namespace tessera
