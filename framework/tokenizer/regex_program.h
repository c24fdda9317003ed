// RegexProgram is an expression as a list of steps for RegexWalk. All that is repeated a fixed number
// of times is written out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/tokenizer/regex_symbols.h"
#include "framework/tokenizer/regex_tree.h"

namespace tessera {

struct RegexProgram {
  enum class Action : uint8_t {
    set,             // takes a symbol of the set `first`
    jump,            // goes on at `first`
    split,           // goes on at `first`; if that fails, at `second`
    run,             // takes symbols of the set `first`, as many as it can; fewer if the rest fails
    lazy_run,        // the same, as few as it can
    possessive_run,  // the same, as many as it can and no fewer
    text_begin,      // fails elsewhere
    text_end,        //
    look,            // goes on at `second` if what stands at `first` matches here
    look_not,        // goes on at `second` if it does not
    atomic,          // goes on at `second` behind the match of what stands at `first`
    back,            // goes back by `first` symbols
    accept,          // the match, or that of a look or an atomic group, ends
  };
  struct Step {
    Action action;
    bool inner = false;            // of a look or an atomic group
    bool may_stand_still = false;  // a split that repeats what may match nothing
    uint32_t first = 0, second = 0;
    // The number of a split, run or lazy_run among those that are inner, or those that are not; that
    // of a possessive_run among its like.
    uint32_t memory = 0;
  };

  /// Throws UserError, which begins with `what`, for an expression of too many steps, or one whose
  /// repeats cannot be followed in this way.
  RegexProgram(const RegexTree& tree, const RegexSymbols& symbols, const std::string& expression,
               const std::string& what);

  std::vector<Step> steps;
  std::vector<std::array<bool, 256>> sets;
  uint32_t outer_memories = 0, inner_memories = 0, possessive_runs = 0;
  size_t farthest_back = 0;  // at most so many symbols before its beginning are read
};

}  // namespace tessera
