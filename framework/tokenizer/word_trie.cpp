#include "framework/tokenizer/word_trie.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr int32_t kMostLabels = 8;  // more children are found by a table

/// The strings below a node: entries [begin, end), which share `depth` bytes.
struct Range {
  size_t begin, end, depth;
};

}  // namespace

WordTrie::WordTrie(std::vector<std::pair<std::string, int32_t>> entries) {
  std::sort(entries.begin(), entries.end());
  size_t bytes = 0;
  for (const auto& [text, value] : entries) bytes += text.size();
  require(bytes < size_t{std::numeric_limits<int32_t>::max()} - 1,
          "the tokens have {} bytes in all; at most 2 GiB can be matched", bytes);
  std::vector<Range> ranges{{0, entries.size(), 0}};  // by node
  for (size_t node = 0; node < ranges.size(); ++node) {
    auto [at, end, depth] = ranges[node];
    if (at < end && entries[at].first.size() == depth) {
      nodes_[node].value = entries[at].second;
      ++at;
      check(at == end || entries[at].first.size() > depth, "a trie is given '{}' twice",
            entries[at - 1].first);
    }
    nodes_[node].first = static_cast<int32_t>(nodes_.size());
    while (at < end) {
      const size_t begin = at;
      const char label = entries[begin].first[depth];
      while (at < end && entries[at].first[depth] == label) ++at;
      ranges.push_back({begin, at, depth + 1});
      labels_.push_back(static_cast<unsigned char>(label));
      nodes_.emplace_back();
      ++nodes_[node].count;
    }
    if (nodes_[node].count <= kMostLabels) continue;
    nodes_[node].table = static_cast<int32_t>(tables_.size() / 256);
    tables_.resize(tables_.size() + 256, kNone);
    for (int32_t i = 0; i < nodes_[node].count; ++i) {
      const int32_t child = nodes_[node].first + i;
      tables_[tables_.size() - 256 + label(child)] = child;
    }
  }
}

}  // namespace tessera
