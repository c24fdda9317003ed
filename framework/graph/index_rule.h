// IndexRule: the one thing that sharding knows about an op. Every dim of every operand is made of
// named indices; an index may be split over parts, and its kind says what becomes of the results.
// Rules are written like einsum:
//   "m k, k n -> m n"              k is in no result: each part holds a partial sum
//   "m n, n -> m n, n"             m is a sum for the second result, which lacks it
//   "b s d! -> b s d!"             d must be whole: softmax over d
//   "b s (h d) -> b s h d"         a dim of factored indices, outermost first
//   "b 1 d, b s d -> b s d"        1: a dim of size one, broadcast
//   "b s~ -> b s~"                 ~: may be split when the op is told which part it holds (its
//                                  `localize`)
//   "b s^ -> b"                    ^: parts are combined by max
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/type_span.h"

namespace tessera {

struct IndexRule {
  enum class Kind { split, sum, max, whole, local };
  struct Index {
    std::string name;
    int64_t size = 0;
    Kind kind = Kind::split;
    bool operator==(const Index&) const = default;
  };
  /// Positions in `indices`, outermost first; an empty Dim has size one.
  using Dim = std::vector<int>;
  using Operand = std::vector<Dim>;

  std::vector<Index> indices;
  std::vector<Operand> inputs, outputs;

  bool operator==(const IndexRule&) const = default;
};

/// Parses `text` and takes the sizes from the operands' types; `sizes` gives those that factored
/// dims leave open. An index that no result has is a sum unless it is tagged otherwise. Throws
/// InternalError when text and types do not agree.
IndexRule make_rule(std::string_view text, TypeSpan in, TypeSpan out,
                    const std::map<std::string, int64_t>& sizes = {});

std::string to_string(const IndexRule& rule);

/// Generic names for dims, starting from the letter `first`: "a b c" for rank 3.
std::string index_names(int64_t rank, char first = 'a');

/// The index names of an operand of `shape` that broadcasts to `to` with the names
/// index_names(to.size()).
std::string broadcast_names(const Shape& shape, const Shape& to);

}  // namespace tessera
