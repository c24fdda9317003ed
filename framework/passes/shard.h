// shard: gives every value of a one-device graph its layout on a mesh, from the layouts of its states and inputs and a few
// wishes, by one algorithm over the ops' index rules, in program order. partition then makes the local graph.
//
// For each node, every mesh axis splits at most one index of its rule. Operands that are parameters decide first, then the
// layout of the value that the result is a cotangent of, then the other operands in order; two of those that disagree are an
// error. A total cotangent takes the layout of its value. Partial sums pass through linear ops and are summed before all
// others.
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
  std::map<std::string, Layout> states;  // as they are stored; of those absent, as they are made
  std::map<std::string, Layout>
      uses;  // of parameters: as they are computed with; absent: as stored
  /// Of parameters: of their total cotangent; of accumulated gradients: what they are moved to in the graph that ends
  /// them. Absent: as they are.
  std::map<std::string, Layout> gradients;
  DType wire = DType::f32;  // in which f32 gradients of parameters travel
  /// Of data inputs (whole where it gives nothing) and of any other value by name.
  std::function<std::optional<Layout>(const std::string&)> named;
};

struct NodeSharding {
  IndexRule rule;
  std::vector<std::vector<AxisId>> split;  // by index of the rule
  std::vector<Layout> in;                  // what each operand is moved to
  std::vector<Layout> made;                // what each result comes out as
};

struct Sharding {
  std::vector<Layout> inputs;   // as they come in, by input of the graph
  std::vector<Layout> values;   // as they are kept, by value
  std::vector<bool> gradients;  // by value: a parameter's, moved as ShardWishes::gradients says
  DType wire = DType::f32;      // of these
  std::vector<NodeSharding> nodes;
  std::vector<Layout> outputs;  // by output of the graph
};

/// UserError naming the tensor where a wish does not divide it or where two wishes disagree.
Sharding shard(const Graph& graph, const Mesh& mesh, const ShardWishes& wishes);

}  // namespace tessera
