// AddedTokenMatcher finds strings in a text: of those that begin leftmost the longest, then the next
// one behind it. This is an automaton (Aho and Corasick, "Efficient String Matching", CACM 1975), so
// that time is linear in a text without matches whatever the strings; where no string can begin, text
// is passed over by its first two bytes.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

class AddedTokenMatcher {
 public:
  struct Match {
    size_t begin, end;
    int32_t value;
  };
  /// `strings` with what stands for each; empty ones are never found, and of equal ones the first
  /// counts.
  explicit AddedTokenMatcher(std::vector<std::pair<std::string, int32_t>> strings);

  bool empty() const { return nodes_.size() == 1; }
  /// The next match that begins at or after `from`.
  std::optional<Match> find(std::string_view text, size_t from) const;

 private:
  struct Node {
    uint32_t first_edge = 0, edges = 0;
    uint32_t fallback = 0;  // the node of the longest proper suffix that is a node
    uint32_t longest = 0;   // the node of the longest suffix that is a string; 0: none
    uint32_t depth = 0;
    int32_t value = -1;  // of the string that ends here
  };
  void insert_all(const std::vector<std::pair<std::string, int32_t>>& strings);
  void link_suffixes();
  uint32_t child(uint32_t node, unsigned char byte) const;
  size_t skip(std::string_view text, size_t at) const;

  std::vector<Node> nodes_;
  std::vector<std::pair<unsigned char, uint32_t>> edges_;  // sorted within a node
  std::array<uint32_t, 256> roots_{};                      // children of the root
  std::bitset<65536> pairs_;  // of first bytes with which a string can begin
  int only_byte_ = -1;        // where all strings begin with one byte
};

}  // namespace tessera
