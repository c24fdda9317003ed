// CharacterSet is a set of characters as sorted ranges: what a class of a regular expression stands
// for. It also says whether an invalid byte belongs to it.
#pragma once

#include <vector>

namespace tessera {

class CharacterSet {
 public:
  struct Range {
    char32_t first, last;
    bool operator==(const Range&) const = default;
  };
  static constexpr char32_t kLast = 0x10ffff;

  CharacterSet() = default;
  CharacterSet(char32_t first, char32_t last) : ranges_{{first, last}} {}
  /// Takes ranges in any order; they may overlap.
  explicit CharacterSet(std::vector<Range> ranges);
  /// Every character, and invalid bytes.
  static CharacterSet all();
  /// The set of every character for which `test` is true.
  template <typename Test>
  static CharacterSet where(Test&& test) {
    CharacterSet set;
    for (char32_t point = 0; point <= kLast; ++point)
      if (test(point)) set.append(point);
    return set;
  }

  const std::vector<Range>& ranges() const { return ranges_; }
  bool has_invalid() const { return invalid_; }
  bool empty() const { return ranges_.empty() && !invalid_; }
  bool contains(char32_t point) const;
  /// Adds a character above all that are in the set.
  void append(char32_t point) {
    if (!ranges_.empty() && ranges_.back().last + 1 == point)
      ranges_.back().last = point;
    else
      ranges_.push_back({point, point});
  }
  void unite(const CharacterSet& other);
  void intersect(const CharacterSet& other);
  CharacterSet complement() const;
  bool operator==(const CharacterSet&) const = default;

 private:
  std::vector<Range> ranges_;
  bool invalid_ = false;
};

}  // namespace tessera
