// RegexTree is an expression of the engine (regex_rewrite.h) as a tree: what RegexProgram is made of,
// and what regex_cost.h judges.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "framework/tokenizer/regex_rewrite.h"

namespace tessera {

struct RegexTree {
  enum class Kind {
    set,           // one symbol of a set
    sequence,      // the parts one after the other
    alternatives,  // the first part that matches
    repeat,        // the part, `least` to `most` times
    look,          // whether the part matches there
    atomic,        // the part, as it matches first
    text_begin,
    text_end,
  };
  enum class Mode { greedy, lazy, possessive };
  static constexpr int kEndless = -1;

  Kind kind = Kind::sequence;
  std::vector<RegexTree> parts = {};
  int set = -1;
  int least = 0, most = 0;  // of a repeat; most: kEndless for no limit
  Mode mode = Mode::greedy;
  bool behind = false, negative = false;  // of a look

  /// Whether it may match nothing.
  bool may_be_empty() const;
  /// The length of every match, where all have the same.
  std::optional<size_t> length() const;
};

RegexTree parse_rewritten(const RewrittenRegex& rewritten);

}  // namespace tessera
