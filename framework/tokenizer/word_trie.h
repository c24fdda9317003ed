// WordTrie holds strings by their common beginnings, for matching byte by byte. Nodes are numbered
// by depth, then by the strings they stand for, so the children of a node are neighbours. Time and
// memory to build it are linear in the bytes of the strings, whatever they are.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

class WordTrie {
 public:
  static constexpr int32_t kRoot = 0;
  static constexpr int32_t kNone = -1;

  WordTrie() = default;
  /// Builds from (string, value) pairs of different strings; values are not negative.
  explicit WordTrie(std::vector<std::pair<std::string, int32_t>> entries);

  int32_t size() const { return static_cast<int32_t>(nodes_.size()); }
  /// The child of `node` that `byte` leads to, or kNone.
  int32_t next(int32_t node, unsigned char byte) const {
    const Node& from = nodes_[static_cast<size_t>(node)];
    if (from.table >= 0) return tables_[static_cast<size_t>(from.table) * 256 + byte];
    const unsigned char* labels = labels_.data() + from.first;
    for (int32_t i = 0; i < from.count; ++i)
      if (labels[i] == byte) return from.first + i;
    return kNone;
  }
  /// The value of the string that ends at `node`, or -1.
  int32_t value(int32_t node) const { return nodes_[static_cast<size_t>(node)].value; }

  int32_t first_child(int32_t node) const { return nodes_[static_cast<size_t>(node)].first; }
  int32_t children(int32_t node) const { return nodes_[static_cast<size_t>(node)].count; }
  /// The byte that leads to `node`, which is not the root.
  unsigned char label(int32_t node) const { return labels_[static_cast<size_t>(node)]; }

 private:
  struct Node {
    int32_t first = 0, count = 0;  // children
    int32_t value = -1;
    int32_t table = -1;  // of 256 children, where there are many
  };

  std::vector<Node> nodes_{Node{}};
  std::vector<unsigned char> labels_{0};  // by node
  std::vector<int32_t> tables_;
};

}  // namespace tessera
