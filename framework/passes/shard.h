// shard: gives every value of a one-device graph its layout on a mesh, from the layouts of its
// states and inputs and a few wishes, by one algorithm over the ops' index rules, in program order.
// The pass partition then makes the local graph.
//
// For each node, every mesh axis splits at most one index of its rule. Operands that are parameters
// decide first, then the layout of the value that the result is a cotangent of, then the other
// operands in order; two of these other operands that disagree are an error. A total cotangent
// takes the layout of its value. Partial sums pass through linear ops and are summed before all
// other ops.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/graph/index_rule.h"
#include "framework/mesh/layout.h"

namespace tessera {

struct ShardWishes {
  /// Layouts in which states are stored; a state that is absent is stored as it is made.
  std::map<std::string, Layout> states;
  /// Layouts in which parameters are computed with; a parameter that is absent is used as stored.
  std::map<std::string, Layout> uses;
  /// For a parameter the layout of its total cotangent; for an accumulated gradient the layout that
  /// it is moved to in the graph that ends it. A tensor that is absent is not moved.
  std::map<std::string, Layout> gradients;
  DType wire = DType::f32;  // type in which f32 gradients of parameters travel
  /// Layouts of data inputs (whole where it gives nullopt) and of any other value, by name.
  std::function<std::optional<Layout>(const std::string&)> named;
};

struct NodeSharding {
  IndexRule rule;
  std::vector<std::vector<AxisId>> split;  // by index of the rule
  std::vector<Layout> in;                  // what each operand is moved to
  std::vector<Layout> made;                // what each result comes out as
};

struct Sharding {
  std::vector<Layout> inputs;  // layouts in which inputs arrive, by input of the graph
  std::vector<Layout> values;  // layouts in which values are kept, by value
  /// By value: whether it is a gradient of a parameter, moved as ShardWishes::gradients says.
  std::vector<bool> gradients;
  DType wire = DType::f32;  // type in which these gradients travel
  std::vector<NodeSharding> nodes;
  std::vector<Layout> outputs;  // by output of the graph
};

/// Throws a UserError that names the tensor when a wished layout does not divide it or two operands
/// disagree.
Sharding shard(const Graph& graph, const Mesh& mesh, const ShardWishes& wishes);

}  // namespace tessera
