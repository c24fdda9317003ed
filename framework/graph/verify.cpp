#include "framework/graph/verify.h"

#include <unordered_set>

#include "framework/graph/op_def.h"
#include "framework/graph/text.h"

namespace tessera {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph) {}

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
    std::unordered_set<std::string> names;
    for (const ValueInfo& v : graph_.values()) {
      check(names.insert(v.name).second, "graph '{}': two values are named '{}'", graph_.name(),
            v.name);
      for (int64_t dim : v.type.shape)
        check(dim > 0, "graph '{}': '{}' is empty: {}", graph_.name(), v.name, to_string(v.type));
      if (v.cotangent.primal >= 0) {
        check(static_cast<size_t>(v.cotangent.primal) < graph_.values().size(),
              "graph '{}': '{}' is the cotangent of no value", graph_.name(), v.name);
        const ValueInfo& primal = graph_.value(v.cotangent.primal);
        check(primal.type.shape == v.type.shape,
              "graph '{}': the cotangent '{}' {} is not of the shape of '{}' {}", graph_.name(),
              v.name, to_string(v.type), primal.name, to_string(primal.type));
      }
    }
  }

  void node(NodeId id) const {
    const Node& n = graph_.node(id);
    std::vector<TensorType> in;
    for (ValueId v : n.inputs) {
      if (v < 0 || static_cast<size_t>(v) >= graph_.values().size())
        fail(id, "an operand does not exist");
      if (graph_.value(v).node >= id) fail(id, "an operand is made after its use");
      in.push_back(graph_.value(v).type);
    }
    std::vector<TensorType> types;
    try {
      types = n.op->infer(in, n.attrs);
    } catch (const std::exception& error) {
      fail(id, error.what());
    }
    if (types.size() != n.outputs.size()) fail(id, "the number of results is wrong");
    for (size_t i = 0; i < types.size(); ++i) {
      const ValueInfo& v = graph_.value(n.outputs[i]);
      if (v.node != id || v.result != static_cast<int32_t>(i))
        fail(id, "a result belongs to another node");
      if (v.type != types[i])
        fail(id, fmt::format("result {} should be {}", i, to_string(types[i])));
    }
  }

  void ports() const {
    for (const Port& port : graph_.inputs())
      check(graph_.value(port.value).node < 0, "graph '{}': input '{}' is made by a node",
            graph_.name(), port.name);
    for (const Port& port : graph_.outputs()) {
      if (port.kind != PortKind::state) continue;
      const Port* input = graph_.find_input(port.name);
      check(input == nullptr || graph_.value(input->value).type == graph_.value(port.value).type,
            "graph '{}': state '{}' changes its type", graph_.name(), port.name);
      check(input == nullptr || input->kind == PortKind::state,
            "graph '{}': '{}' is data and cannot be stored", graph_.name(), port.name);
    }
  }

  const Graph& graph_;
};

}  // namespace

void verify(const Graph& graph) { Verifier(graph).run(); }

}  // namespace tessera
