// localize: how an op that must know which part it holds becomes an op on that part. The one way in which an op's author
// sees a mesh; all other ops are split by their index rule alone.
#pragma once

#include <string>
#include <vector>

#include "framework/graph/op_def.h"
#include "framework/mesh/layout.h"

namespace tessera {

struct LocalizeCall {
  Graph& graph;  // the local one
  const OpDef& op;
  const Attrs& attrs;             // local ones already
  std::span<const Value> inputs;  // this rank's parts
  TypeSpan in, out;               // of the whole
  const IndexRule& rule;
  const std::vector<std::vector<AxisId>>& split;  // by index of the rule
  const Mesh& mesh;
  std::string name;

  /// Position of the rule's index of that name; InternalError when there is none.
  int index(std::string_view name) const;
  bool is_split(std::string_view name) const {
    return !split[static_cast<size_t>(index(name))].empty();
  }
  /// Where this rank's part of a dim made of these indices begins; of several, only the first is split.
  std::string place(const IndexRule::Dim& dim) const;
  /// The local attributes with `whole` and `place` of the dims of an operand or a result. A `whole` that is there already is
  /// smaller than the dims, which are padded; it stays.
  Attrs with_part(const IndexRule::Operand& dims) const;
};

/// Adds the op's own node with `whole` and `place` of the first result, or of the first operand: for ops that draw or count.
std::vector<Value> localize_by_result(const LocalizeCall& call);

}  // namespace tessera
