#include "framework/tokenizer/regex_cost.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {
namespace {

using Kind = RegexTree::Kind;
using Mode = RegexTree::Mode;
using Symbols = std::bitset<256>;

constexpr int kFewRepeats = 8;        // an interval of so many lengths counts as endless
constexpr int kShort = 256;           // and so does a longer one
constexpr uint64_t kMostPaths = 256;  // ways through an expression, each loop taken as one
constexpr size_t kMostParts = 1024;   // of an expression that is judged

bool is_loop(const RegexTree& tree) {
  return tree.kind == Kind::repeat && (tree.most == RegexTree::kEndless ||
                                       tree.most - tree.least >= kFewRepeats || tree.most > kShort);
}

bool holds_loop(const RegexTree& tree) {
  return is_loop(tree) || std::any_of(tree.parts.begin(), tree.parts.end(), holds_loop);
}

bool holds_look(const RegexTree& tree) {
  return tree.kind == Kind::look || tree.kind == Kind::text_begin || tree.kind == Kind::text_end ||
         std::any_of(tree.parts.begin(), tree.parts.end(), holds_look);
}

/// Whether it may fail wherever it stands.
bool may_fail(const RegexTree& tree) { return !tree.may_be_empty() || holds_look(tree); }

size_t size_of(const RegexTree& tree) {
  size_t size = 1;
  for (const RegexTree& part : tree.parts) size += size_of(part);
  return size;
}

uint64_t bounded(uint64_t paths) { return std::min(paths, kMostPaths + 1); }

uint64_t paths_of(const RegexTree& tree) {
  uint64_t paths = 1;
  switch (tree.kind) {
    case Kind::sequence:
    case Kind::look:
    case Kind::atomic:
      for (const RegexTree& part : tree.parts) paths = bounded(paths * paths_of(part));
      return paths;
    case Kind::alternatives:
      paths = 0;
      for (const RegexTree& part : tree.parts) paths = bounded(paths + paths_of(part));
      return paths;
    case Kind::repeat: {
      if (is_loop(tree)) return 1;  // of one set; others are not steady
      const uint64_t inner = paths_of(tree.parts[0]);
      uint64_t all = 0;
      for (int i = 0; i <= tree.most && paths <= kMostPaths; ++i) {
        if (i >= tree.least) all = bounded(all + paths);
        paths = bounded(paths * inner);
        if (inner == 1 && i < tree.least) i = std::max(i, tree.least - 1);
      }
      return std::max(all, paths > kMostPaths ? kMostPaths + 1 : 0);
    }
    default:
      return 1;
  }
}

/// What follows a part, up to the end of the expression or of the group that is taken as a whole.
struct Rest {
  const RegexTree* tree = nullptr;
  const Rest* next = nullptr;
};

class Judge {
 public:
  explicit Judge(const RegexSymbols& symbols) : symbols_(symbols) {}

  bool is_steady(const RegexTree& tree, const Rest* rest) {
    switch (tree.kind) {
      case Kind::sequence:
        return sequence_is_steady(tree, rest);
      case Kind::alternatives:
        return std::all_of(tree.parts.begin(), tree.parts.end(),
                           [&](const RegexTree& part) { return is_steady(part, rest); });
      case Kind::repeat:
        if (!is_loop(tree)) return !holds_loop(tree.parts[0]);
        if (tree.parts[0].kind != Kind::set) return false;
        return tree.mode == Mode::possessive || !goes_on_in(set_of(tree.parts[0]), rest);
      case Kind::look:
      case Kind::atomic:
        return is_steady(tree.parts[0], nullptr);
      default:
        return true;
    }
  }

 private:
  bool sequence_is_steady(const RegexTree& tree, const Rest* rest) {
    std::vector<Rest> list(tree.parts.size() + 1);
    for (size_t i = 0; i < tree.parts.size(); ++i)
      list[i] = {&tree.parts[i], i + 1 < tree.parts.size() ? &list[i + 1] : rest};
    for (const Rest& part : list)
      if (part.tree != nullptr && !is_steady(*part.tree, part.next)) return false;
    return true;
  }

  Symbols set_of(const RegexTree& tree) const {
    Symbols set;
    for (const uint8_t symbol : symbols_.of(static_cast<size_t>(tree.set))) set.set(symbol);
    return set;
  }

  /// The symbols with which a part may begin.
  Symbols first_of(const RegexTree& tree) const {
    Symbols first;
    if (tree.kind == Kind::set) return set_of(tree);
    if (tree.kind == Kind::look) return first;
    for (const RegexTree& part : tree.parts) {
      first |= first_of(part);
      if (tree.kind == Kind::sequence && !part.may_be_empty()) break;
    }
    return first;
  }

  /// Whether what follows a loop over `set` may run far from each of the places that the loop can go
  /// back to, and fail there.
  bool goes_on_in(const Symbols& set, const Rest* rest) const {
    for (; rest != nullptr; rest = rest->next) {
      const RegexTree& tree = *rest->tree;
      if (!tree.may_be_empty() && (first_of(tree) & set).none()) return false;
      if (!holds_loop(tree)) continue;
      if (!is_loop(tree)) return true;
      const bool ends_well = [&] {
        for (const Rest* later = rest->next; later != nullptr; later = later->next)
          if (may_fail(*later->tree)) return false;
        return true;
      }();
      if (!ends_well) return true;
    }
    return false;
  }

  const RegexSymbols& symbols_;
};

void add_loops(const RegexTree& tree, const RegexSymbols& symbols, RegexLoops& loops) {
  if (is_loop(tree)) loops.add(symbols.of(static_cast<size_t>(tree.parts[0].set)));
  for (const RegexTree& part : tree.parts) add_loops(part, symbols, loops);
}

}  // namespace

void RegexLoops::add(const std::vector<uint8_t>& set) {
  if (size_ < kMost)
    for (const uint8_t symbol : set) of_symbol_[symbol] |= uint64_t{1} << size_;
  ++size_;
}

bool RegexLoops::go_far(std::string_view symbols) const {
  const auto loops_at = [&](size_t place) {
    return of_symbol_[static_cast<unsigned char>(symbols[place])];
  };
  for (size_t begin = 0; begin + kLong <= symbols.size(); begin += kLong) {
    uint64_t loops = loops_at(begin) & loops_at(begin + kLong / 3) & loops_at(begin + kLong - 1);
    for (size_t at = begin; loops != 0 && at < begin + kLong; ++at) loops &= loops_at(at);
    if (loops != 0) return true;
  }
  return false;
}

std::optional<RegexLoops> loops_of_steady(const RegexTree& tree, const RegexSymbols& symbols) {
  const bool steady = size_of(tree) <= kMostParts && paths_of(tree) <= kMostPaths &&
                      Judge(symbols).is_steady(tree, nullptr);
  if (!steady) return std::nullopt;
  RegexLoops loops;
  add_loops(tree, symbols, loops);
  return loops.size() <= RegexLoops::kMost ? std::optional(loops) : std::nullopt;
}

}  // namespace tessera
