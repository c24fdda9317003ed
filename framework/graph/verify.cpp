#include "framework/graph/verify.h"

#include "framework/graph/op_def.h"
#include "framework/graph/text.h"

namespace tessera {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), made_(graph.values().size(), false) {}

  void run() {
    values();
    for (size_t i = 0; i < graph_.nodes().size(); ++i) node(static_cast<NodeId>(i));
    ports();
  }

 private:
  [[noreturn]] void fail(NodeId id, std::string_view what) const {
    const Node& n = graph_.node(id);
    const std::string where = n.where.empty() ? "" : fmt::format(" (built at {})", n.where);
    internal_error("graph '{}': {}{}\n  {}", graph_.name(), what, where, to_string(graph_, id));
  }

  void values() const {
    NameIndex names;
    for (size_t i = 0; i < graph_.values().size(); ++i) {
      const ValueInfo& v = graph_.values()[i];
      check(!names.has(graph_.values(), v.name), "graph '{}': two values are named '{}'",
            graph_.name(), v.name);
      names.insert(v.name.hash(), static_cast<int32_t>(i));
      for (int64_t dim : v.type.shape)
        if (dim <= 0)
          internal_error("graph '{}': '{}' is empty: {}", graph_.name(), v.name, to_string(v.type));
      if (v.cotangent.primal >= 0) {
        check(exists(v.cotangent.primal), "graph '{}': '{}' is the cotangent of no value",
              graph_.name(), v.name);
        const ValueInfo& primal = graph_.value(v.cotangent.primal);
        if (primal.type.shape != v.type.shape)
          internal_error("graph '{}': the cotangent '{}' {} is not of the shape of '{}' {}",
                         graph_.name(), v.name, to_string(v.type), primal.name,
                         to_string(primal.type));
      }
    }
  }

  void node(NodeId id) {
    const Node& n = graph_.node(id);
    for (ValueId v : n.inputs) {
      if (!exists(v)) fail(id, "an operand does not exist");
      if (graph_.value(v).node >= id) fail(id, "an operand is made after its use");
    }
    std::vector<TensorType> types;
    try {
      types = n.op->infer({graph_, n.inputs}, n.attrs);
    } catch (const std::exception& error) {
      fail(id, error.what());
    }
    if (types.size() != n.outputs.size()) fail(id, "the number of results is wrong");
    for (size_t i = 0; i < types.size(); ++i) {
      if (!exists(n.outputs[i])) fail(id, "a result does not exist");
      const ValueInfo& v = graph_.value(n.outputs[i]);
      if (v.node != id || v.result != static_cast<int32_t>(i))
        fail(id, "a result belongs to another node");
      if (v.type != types[i])
        fail(id, fmt::format("result {} should be {}", i, to_string(types[i])));
      made_[static_cast<size_t>(n.outputs[i])] = true;
    }
  }

  void ports() const {
    std::vector<bool> fed(graph_.values().size(), false);
    for (const Port& port : graph_.inputs()) {
      check(exists(port.value), "graph '{}': input '{}' is no value", graph_.name(), port.name);
      check(graph_.value(port.value).node < 0, "graph '{}': input '{}' is made by a node",
            graph_.name(), port.name);
      check(!fed[static_cast<size_t>(port.value)], "graph '{}': input '{}' has two names",
            graph_.name(), port.name);
      fed[static_cast<size_t>(port.value)] = true;
    }
    for (size_t v = 0; v < fed.size(); ++v) {
      const ValueInfo& value = graph_.values()[v];
      check(fed[v] == (value.node < 0), "graph '{}': '{}' comes from nowhere", graph_.name(),
            value.name);
      check(fed[v] || made_[v], "graph '{}': '{}' is no result of the node it names", graph_.name(),
            value.name);
    }
    for (const Port& port : graph_.outputs()) {
      check(exists(port.value), "graph '{}': output '{}' is no value", graph_.name(), port.name);
      if (port.kind != PortKind::state) continue;
      const Port* input = graph_.find_input(port.name);
      check(input == nullptr || graph_.value(input->value).type == graph_.value(port.value).type,
            "graph '{}': state '{}' changes its type", graph_.name(), port.name);
      check(input == nullptr || input->kind == PortKind::state,
            "graph '{}': '{}' is data and cannot be stored", graph_.name(), port.name);
    }
  }

  bool exists(ValueId v) const { return v >= 0 && static_cast<size_t>(v) < graph_.values().size(); }

  const Graph& graph_;
  std::vector<bool> made_;  // by value: whether some node makes it
};

}  // namespace

void verify(const Graph& graph) { Verifier(graph).run(); }

}  // namespace tessera
