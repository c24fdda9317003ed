// The graph: what a model computes, on one device, with global shapes. It is a list of nodes in
// single assignment and program order, with integer ids and no pointers between nodes, so a Graph
// is an ordinary value (copy, ==, print, parse, hash). Copies share their memory until one of them
// is changed; graphs that a pass makes share names and attributes with those it made them from.
//
// Data and states come in as inputs; results and new states go out as outputs. A node has no side
// effect: a state changes only by being named as an output of kind `state` again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/attrs.h"
#include "framework/core/inline_vector.h"
#include "framework/core/shared_text.h"
#include "framework/core/tensor_type.h"
#include "framework/graph/name_index.h"

namespace tessera {

struct OpDef;
class Graph;

using ValueId = int32_t;
using NodeId = int32_t;
using ValueIds = InlineVector<ValueId, 6>;

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
  SharedText name;     // the builder's path, unique in the graph
  CotangentOf cotangent;
  bool operator==(const ValueInfo&) const = default;
};

struct Node {
  const OpDef* op = nullptr;
  ValueIds inputs, outputs;
  Attrs attrs;
  /// file:line of the scope that built the node, for messages only; not part of the graph's
  /// identity.
  SharedText where;
  bool operator==(const Node& other) const {
    return op == other.op && inputs == other.inputs && outputs == other.outputs &&
           attrs == other.attrs;
  }
};

enum class PortKind { data, state };

/// A named input (`data` fed on every run, `state` kept between runs) or output (`data` read back,
/// `state` stored).
struct Port {
  SharedText name;
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
  Value add_input(SharedText name, TensorType type, PortKind kind);
  void add_output(std::string name, Value value, PortKind kind = PortKind::data);
  void add_output(SharedText name, Value value, PortKind kind);

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

  /// Appends a copy of another graph's node on these operands, and returns its first result; the
  /// other results have the numbers behind it. Does nothing and returns -1 where the copy would
  /// differ: an operand is of another type than in `source`, or the name of a result is in use.
  ValueId add_copy(const Graph& source, const Node& node, std::span<const ValueId> inputs);

  /// Makes room for as many nodes, values and ports as the other graph has.
  void reserve_as(const Graph& other);

  const std::vector<Node>& nodes() const { return content().nodes; }
  const std::deque<ValueInfo>& values() const { return content().values; }
  const std::vector<Port>& inputs() const { return content().inputs; }
  const std::vector<Port>& outputs() const { return content().outputs; }
  const Node& node(NodeId id) const { return nodes()[static_cast<size_t>(id)]; }
  const ValueInfo& value(ValueId id) const { return values()[static_cast<size_t>(id)]; }
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
  void rename_value(Value value, const SharedText& path);
  bool has_name(std::string_view path) const;
  bool has_name(const SharedText& path) const;

  bool operator==(const Graph& other) const {
    return name_ == other.name_ && (content_ == other.content_ ||
                                    (nodes() == other.nodes() && values() == other.values() &&
                                     inputs() == other.inputs() && outputs() == other.outputs()));
  }

 private:
  friend class Scope;
  friend class Place;
  struct Content {
    std::vector<Node> nodes;
    /// A deque, so that shapes and names that builders hold by reference stay where they are.
    std::deque<ValueInfo> values;
    std::vector<Port> inputs, outputs;
    NameIndex names, input_names, output_names;  // of values, inputs and outputs
  };

  const Content& content() const { return content_ ? *content_ : no_content(); }
  static const Content& no_content();
  /// The content, to be changed: no other graph shares it from now on.
  Content& own();
  void name_value(ValueId id, SharedText path);
  ValueId append(ValueInfo info, SharedText path);
  std::string path_of(const OpDef& op, std::span<const Value> inputs, std::string_view name) const;

  std::string name_;
  std::shared_ptr<Content> content_;  // null: the graph is empty
  std::string scope_;                 // the names of the open scopes, each with a dot behind it
  SharedText where_;
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
  size_t outer_scope_;  // its length
  SharedText outer_where_;
};

/// While a Place lives, nodes are recorded as built at `where`: for passes that put nodes in place
/// of others.
class Place {
 public:
  Place(Graph& graph, SharedText where)
      : graph_(graph), outer_(std::exchange(graph.where_, std::move(where))) {}
  ~Place() { graph_.where_ = outer_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Graph& graph_;
  SharedText outer_;
};

/// A node as text: `%7 "layer.0.q" f32[2,8] = matmul(%3, %5) {trans_b=true}`.
std::string to_string(const Graph& graph, NodeId id);

}  // namespace tessera
