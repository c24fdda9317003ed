// The graph: what a model computes, on one device, with global shapes. It is a list of nodes in
// single assignment and program order, with integer ids and no pointers between nodes, so a Graph
// is an ordinary value (copy, ==, print, parse, hash).
//
// Data and states come in as inputs; results and new states go out as outputs. A node has no side
// effect: a state changes only by being named as an output of kind `state` again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "framework/core/attrs.h"
#include "framework/core/tensor_type.h"

namespace tessera {

struct OpDef;
class Graph;

using ValueId = int32_t;
using NodeId = int32_t;

/// What `grad` knows about a cotangent: whose it is, and whether it is the total or one
/// contribution to it. Layouts of the backward pass follow from this.
struct CotangentOf {
  ValueId primal = -1;
  bool total = false;
  bool operator==(const CotangentOf&) const = default;
};

struct ValueInfo {
  TensorType type;
  NodeId node = -1;    // the node that makes it; -1 for an input of the graph
  int32_t result = 0;  // which of that node's results
  std::string name;    // the builder's path, unique in the graph
  CotangentOf cotangent;
  bool operator==(const ValueInfo&) const = default;
};

struct Node {
  const OpDef* op = nullptr;
  std::vector<ValueId> inputs, outputs;
  Attrs attrs;
  /// file:line of the scope that built the node, for messages only; not part of the graph's
  /// identity.
  std::string where;
  bool operator==(const Node& other) const {
    return op == other.op && inputs == other.inputs && outputs == other.outputs &&
           attrs == other.attrs;
  }
};

enum class PortKind { data, state };

/// A named input (`data` fed on every run, `state` kept between runs) or output (`data` read back,
/// `state` stored).
struct Port {
  std::string name;
  ValueId value = -1;
  PortKind kind = PortKind::data;
  bool operator==(const Port&) const = default;
};

/// A handle on one value of a graph: what builder functions take and return. It is valid while the
/// graph stays in place.
class Value {
 public:
  Value() = default;
  Value(Graph* graph, ValueId id) : graph_(graph), id_(id) {}

  explicit operator bool() const { return graph_ != nullptr; }
  Graph& graph() const { return *graph_; }
  ValueId id() const { return id_; }
  const ValueInfo& info() const;
  const TensorType& type() const { return info().type; }
  DType dtype() const { return type().dtype; }
  const Shape& shape() const { return type().shape; }
  int64_t rank() const { return type().rank(); }
  /// Size of dim `i`; a negative `i` counts from the end.
  int64_t dim(int64_t i) const;
  const std::string& name() const { return info().name; }
  bool operator==(const Value&) const = default;

 private:
  Graph* graph_ = nullptr;
  ValueId id_ = -1;
};

class Graph {
 public:
  explicit Graph(std::string name = "graph") : name_(std::move(name)) {}
  Graph(const Graph&) = default;
  Graph& operator=(const Graph&) = default;
  Graph(Graph&&) noexcept = default;  // lists of graphs grow without copies
  Graph& operator=(Graph&&) noexcept = default;
  ~Graph() = default;

  const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }

  Value add_input(std::string name, TensorType type, PortKind kind);
  void add_output(std::string name, Value value, PortKind kind = PortKind::data);

  /// Appends a node; the types of its results come from the op's `infer`. `name` is put behind the
  /// open scopes and made unique. A node without a name is called after its op, and a node that
  /// only shows its operand also after that operand: "layer.0.q.weight.reshape". An error in the
  /// inputs is a UserError that names the op, its path, its operands and where the scope was
  /// opened.
  std::vector<Value> add(const OpDef& op, std::span<const Value> inputs, Attrs attrs = {},
                         std::string_view name = "");
  /// Appends a node, as `add` does, for an op with one result.
  Value add1(const OpDef& op, std::initializer_list<Value> inputs, Attrs attrs = {},
             std::string_view name = "");

  const std::vector<Node>& nodes() const { return nodes_; }
  const std::deque<ValueInfo>& values() const { return values_; }
  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id)]; }
  const ValueInfo& value(ValueId id) const { return values_[static_cast<size_t>(id)]; }
  Value handle(ValueId id) { return {this, id}; }

  /// The input or output called `name`; throws an InternalError that names the known ones when
  /// there is none.
  Value input(std::string_view name);
  const Port& output(std::string_view name) const;
  const Port* find_input(std::string_view name) const;
  const Port* find_output(std::string_view name) const;

  void mark_cotangent(Value value, Value primal, bool total);
  /// Gives the value another name, made unique; its old name is free again.
  void rename_value(Value value, std::string_view path);
  bool has_name(std::string_view path) const { return names_.count(std::string(path)) > 0; }

  bool operator==(const Graph& other) const {
    return name_ == other.name_ && nodes_ == other.nodes_ && values_ == other.values_ &&
           inputs_ == other.inputs_ && outputs_ == other.outputs_;
  }

 private:
  friend class Scope;
  friend class Place;
  using PortIndex = std::map<std::string, size_t, std::less<>>;  // name -> position
  std::string unique_name(std::string_view path);
  std::string path_of(const OpDef& op, std::span<const Value> inputs, std::string_view name) const;

  std::string name_;
  std::vector<Node> nodes_;
  /// A deque, so that shapes and names that builders hold by reference stay where they are.
  std::deque<ValueInfo> values_;
  std::vector<Port> inputs_, outputs_;
  PortIndex input_index_, output_index_;
  std::vector<std::string> scope_;
  std::string where_;
  /// Names in use -> the next number that tells a namesake apart.
  std::unordered_map<std::string, int> names_;
};

/// While a Scope lives, nodes added to `graph` are named under `name`: Scope layer(g, "layer.3").
class Scope {
 public:
  Scope(Graph& graph, std::string_view name,
        std::source_location location = std::source_location::current());
  /// A scope of a pass sets only the name; nodes built in it keep the place that is set already.
  struct NamesOnly {};
  Scope(Graph& graph, std::string_view name, NamesOnly);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Graph& graph_;
  std::string outer_where_;
};

/// While a Place lives, nodes are recorded as built at `where`: for passes that put nodes in place
/// of others.
class Place {
 public:
  Place(Graph& graph, std::string where)
      : graph_(graph), outer_(std::exchange(graph.where_, std::move(where))) {}
  ~Place() { graph_.where_ = outer_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Graph& graph_;
  std::string outer_;
};

/// A node as text: `%7 "layer.0.q" f32[2,8] = matmul(%3, %5) {trans_b=true}`.
std::string to_string(const Graph& graph, NodeId id);

}  // namespace tessera
