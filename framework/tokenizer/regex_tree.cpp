#include "framework/tokenizer/regex_tree.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = RegexTree::Kind;
using Mode = RegexTree::Mode;

/// Reads what Rewriter writes, and nothing else.
class TreeReader {
 public:
  explicit TreeReader(const RewrittenRegex& rewritten) : parts_(rewritten.parts) { settle(); }

  RegexTree read() {
    RegexTree tree = read_alternatives();
    check(done(), "a rewritten expression goes on with '{}'", done() ? "" : rest());
    return tree;
  }

 private:
  bool done() const { return part_ == parts_.size(); }
  std::string_view rest() const { return std::string_view(parts_[part_].text).substr(at_); }
  bool at_set() const { return !done() && rest().empty(); }
  void settle() {  // a part without text and set is passed over
    while (part_ < parts_.size() && at_ == parts_[part_].text.size() && parts_[part_].set < 0) {
      ++part_;
      at_ = 0;
    }
  }
  bool sees(std::string_view text) const { return !done() && rest().starts_with(text); }
  bool take(std::string_view text) {
    if (!sees(text)) return false;
    at_ += text.size();
    settle();
    return true;
  }

  RegexTree read_alternatives() {
    RegexTree tree{.kind = Kind::alternatives};
    do tree.parts.push_back(read_sequence());
    while (take("|"));
    if (tree.parts.size() > 1) return tree;
    RegexTree only = std::move(tree.parts[0]);
    return only;
  }

  RegexTree read_sequence() {
    RegexTree tree{.kind = Kind::sequence};
    while (!done() && !sees("|") && !sees(")")) tree.parts.push_back(read_item());
    if (tree.parts.size() != 1) return tree;
    RegexTree only = std::move(tree.parts[0]);
    return only;
  }

  RegexTree read_item() {
    RegexTree item = read_atom();
    int least = 0, most = 0;
    while (read_quantifier(least, most)) {
      RegexTree repeat{.kind = Kind::repeat, .least = least, .most = most};
      if (take("?"))
        repeat.mode = Mode::lazy;
      else if (take("+"))
        repeat.mode = Mode::possessive;
      repeat.parts.push_back(std::move(item));
      item = std::move(repeat);
    }
    return item;
  }

  bool read_quantifier(int& least, int& most) {
    if (done() || at_set()) return false;
    least = sees("+") ? 1 : 0;
    most = sees("?") ? 1 : RegexTree::kEndless;
    if (take("?") || take("*") || take("+")) return true;
    if (!take("{")) return false;
    least = read_number();
    most = take(",") ? (sees("}") ? RegexTree::kEndless : read_number()) : least;
    check(take("}"), "an interval of a rewritten expression does not end");
    return true;
  }

  int read_number() {
    int value = 0;
    const std::string_view text = rest();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    check(error == std::errc(), "a rewritten expression has no number at '{}'", text);
    at_ += static_cast<size_t>(end - text.data());
    settle();
    return value;
  }

  RegexTree read_atom() {
    if (at_set()) {
      RegexTree tree{.kind = Kind::set, .set = parts_[part_].set};
      ++part_;
      at_ = 0;
      settle();
      return tree;
    }
    if (take("\\A")) return {.kind = Kind::text_begin};
    if (take("\\z")) return {.kind = Kind::text_end};
    if (take("(?:")) return read_group();
    struct Opening {
      std::string_view text;
      Kind kind;
      bool behind, negative;
    };
    static constexpr Opening kOpenings[] = {{"(?=", Kind::look, false, false},
                                            {"(?!", Kind::look, false, true},
                                            {"(?<=", Kind::look, true, false},
                                            {"(?<!", Kind::look, true, true},
                                            {"(?>", Kind::atomic, false, false}};
    for (const Opening& opening : kOpenings) {
      if (!take(opening.text)) continue;
      RegexTree tree{.kind = opening.kind, .behind = opening.behind, .negative = opening.negative};
      tree.parts.push_back(read_group());
      return tree;
    }
    internal_error("a rewritten expression goes on with '{}'", rest());
  }

  RegexTree read_group() {
    RegexTree tree = read_alternatives();
    check(take(")"), "a group of a rewritten expression does not end");
    return tree;
  }

  const std::vector<RewrittenRegex::Part>& parts_;
  size_t part_ = 0, at_ = 0;
};

}  // namespace

bool RegexTree::may_be_empty() const {
  const auto empty = [](const RegexTree& part) { return part.may_be_empty(); };
  switch (kind) {
    case Kind::set:
      return false;
    case Kind::sequence:
    case Kind::atomic:
      return std::all_of(parts.begin(), parts.end(), empty);
    case Kind::alternatives:
      return std::any_of(parts.begin(), parts.end(), empty);
    case Kind::repeat:
      return least == 0 || parts[0].may_be_empty();
    default:
      return true;
  }
}

std::optional<size_t> RegexTree::length() const {
  size_t sum = 0;
  switch (kind) {
    case Kind::set:
      return 1;
    case Kind::sequence:
    case Kind::atomic:
      for (const RegexTree& part : parts) {
        const auto length = part.length();
        if (!length) return std::nullopt;
        sum += *length;
      }
      return sum;
    case Kind::alternatives: {
      const auto first = parts[0].length();
      for (size_t i = 1; i < parts.size(); ++i)
        if (parts[i].length() != first) return std::nullopt;
      return first;
    }
    case Kind::repeat: {
      const auto length = parts[0].length();
      if (!length || least != most) return std::nullopt;
      return *length * static_cast<size_t>(least);
    }
    default:
      return 0;
  }
}

RegexTree parse_rewritten(const RewrittenRegex& rewritten) { return TreeReader(rewritten).read(); }

}  // namespace tessera
