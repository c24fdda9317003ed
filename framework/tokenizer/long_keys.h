// LongKeys holds the keys of a DoubleArray that have more than kShort bytes. There a step takes a byte,
// so a text that follows a long key from each of its places would take time with the key's length
// too; here it takes few comparisons.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

class LongKeys {
 public:
  static constexpr size_t kShort = 128;

  LongKeys() = default;
  /// Keeps the long ones among different keys, which are sorted.
  explicit LongKeys(const std::vector<std::pair<std::string_view, int32_t>>& keys);

  bool empty() const { return keys_.empty(); }
  /// The value of a whole key, or -1.
  int32_t find(std::string_view text) const;

  struct Match {
    size_t bytes = 0;
    int32_t value = -1;
  };
  /// Calls found(match) for every key that `text` begins with, the longest first.
  template <typename Found>
  void beginnings(std::string_view text, const Found& found) const {
    for (int32_t number = longest(text); number >= 0; number = link(number).parent)
      found(Match{link(number).bytes, link(number).value});
  }
  /// The longest key that `text` begins with, or of the first `most` of them by length; without one a
  /// match of 0 bytes.
  Match longest(std::string_view text, size_t most) const;

 private:
  struct Link {
    size_t bytes = 0;
    int32_t value = -1;
    int32_t parent = -1;  // the longest key that this one begins with
    int32_t jump = -1;    // some key on the way up, so that long ways take few steps
    int32_t depth = 0;    // keys on the way up
  };
  const Link& link(int32_t number) const { return links_[static_cast<size_t>(number)]; }
  void set_link(Link made, int32_t parent);
  int32_t longest(std::string_view text) const;

  std::vector<std::string> keys_;  // sorted
  std::vector<Link> links_;        // by key
};

}  // namespace tessera
