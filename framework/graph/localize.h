// localize: how an op that must know which part it holds becomes an op on that part. This is the
// one place where an op's author sees a mesh; all other ops are split by their index rule alone.
#pragma once

#include <string>
#include <vector>

#include "framework/graph/op_def.h"
#include "framework/mesh/layout.h"

namespace tessera {

struct LocalizeCall {
  Graph& graph;  // the local graph
  const OpDef& op;
  const Attrs& attrs;             // local ones already
  std::span<const Value> inputs;  // this rank's parts
  TypeSpan in, out;               // types of the whole tensors
  const IndexRule& rule;
  const std::vector<std::vector<AxisId>>& split;  // by index of the rule
  const Mesh& mesh;
  std::string name;

  /// Position of the rule's index called `name`; throws InternalError when there is none.
  int index(std::string_view name) const;
  bool is_split(std::string_view name) const {
    return !split[static_cast<size_t>(index(name))].empty();
  }
  /// Where this rank's part of a dim made of these indices begins; only the first of several
  /// indices may be split.
  std::string place(const IndexRule::Dim& dim) const;
  /// The local attributes, with `whole` and `place` for the dims of an operand or a result. A
  /// `whole` that the attributes have already stays: it is smaller than the dims, which are padded.
  Attrs with_part(const IndexRule::Operand& dims) const;
};

/// Adds the op's own node with `whole` and `place` of the first result: for ops that draw or count.
std::vector<Value> localize_by_result(const LocalizeCall& call);

}  // namespace tessera
