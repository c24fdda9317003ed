#include "framework/passes/storage.h"

#include <algorithm>

#include "framework/graph/op_def.h"
#include "framework/graph/text.h"

namespace tessera {
namespace {

class StorageAssigner {
 public:
  explicit StorageAssigner(const Graph& graph)
      : graph_(graph),
        last_use_(graph.values().size(), -1),
        end_(static_cast<int>(graph.nodes().size())) {
    for (int i = 0; i < end_; ++i)
      for (ValueId v : graph.node(i).inputs) last_use_[at(v)] = i;
    for (const Port& port : graph.outputs()) last_use_[at(port.value)] = end_;
    out_.buffer_of.assign(graph.values().size(), -1);
    out_.offset_of.assign(graph.values().size(), 0);
  }

  Storage run() {
    for (const Port& port : graph_.inputs()) {
      const int b = create(port.value, -1);
      if (port.kind == PortKind::state) out_.buffers[at(b)].state = port.name;
    }
    for (int i = 0; i < end_; ++i) forced(i);
    measure();
    for (int i = 0; i < end_; ++i) in_place(i);
    place_states();
    check_donations();
    return std::move(out_);
  }

 private:
  template <typename T>
  static size_t at(T i) {
    return static_cast<size_t>(i);
  }

  int create(ValueId v, int first) {
    const int b = static_cast<int>(out_.buffers.size());
    out_.buffers.push_back(
        {static_cast<int64_t>(graph_.value(v).type.bytes()), first, first, "", v});
    out_.buffer_of[at(v)] = b;
    return b;
  }

  std::vector<Alias> aliases(const Node& node) const {
    if (!node.op->alias) return {};
    std::vector<TensorType> in, out;
    for (ValueId v : node.inputs) in.push_back(graph_.value(v).type);
    for (ValueId v : node.outputs) out.push_back(graph_.value(v).type);
    return node.op->alias(in, out, node.attrs);
  }

  /// Results of step i: views and donations lie in their operand's buffer, all else gets a buffer of its own.
  void forced(int i) {
    const Node& node = graph_.node(i);
    for (const Alias& alias : aliases(node)) {
      if (alias.kind == Alias::Kind::in_place) continue;
      const ValueId from = node.inputs[at(alias.input)], to = node.outputs[at(alias.result)];
      out_.buffer_of[at(to)] = out_.buffer_of[at(from)];
      out_.offset_of[at(to)] = out_.offset_of[at(from)] + alias.offset;
      if (alias.kind == Alias::Kind::donate) donations_.push_back({i, from});
    }
    for (ValueId v : node.outputs)
      if (out_.buffer_of[at(v)] < 0) create(v, i);
  }

  void measure() {
    for (size_t v = 0; v < last_use_.size(); ++v) {
      StorageBuffer& b = out_.buffers[at(out_.buffer_of[v])];
      b.last = std::max({b.last, last_use_[v], graph_.values()[v].node});
    }
  }

  bool stored_as(ValueId v, const std::string& state) const {
    for (const Port& port : graph_.outputs())
      if (port.kind == PortKind::state && port.value == v && port.name == state) return true;
    return false;
  }

  /// A result takes over the buffer of an operand that ends here.
  void in_place(int i) {
    const Node& node = graph_.node(i);
    for (const Alias& alias : aliases(node)) {
      if (alias.kind != Alias::Kind::in_place) continue;
      const ValueId from = node.inputs[at(alias.input)], to = node.outputs[at(alias.result)];
      const int target = out_.buffer_of[at(from)], own = out_.buffer_of[at(to)];
      StorageBuffer &t = out_.buffers[at(target)], &o = out_.buffers[at(own)];
      if (target == own || o.first != i || o.value != to || !o.state.empty())
        continue;  // placed already
      if (t.last != i || t.bytes != o.bytes || out_.offset_of[at(from)] != 0) continue;
      if (!t.state.empty() && !stored_as(to, t.state)) continue;
      bool shared =
          false;  // another operand in the same buffer would be overwritten while it is read
      for (ValueId v : node.inputs)
        shared = shared || (v != from && out_.buffer_of[at(v)] == target);
      if (shared) continue;
      t.last = o.last;
      o.bytes = 0;
      o.last = o.first;
      for (int& b : out_.buffer_of)
        if (b == own) b = target;
    }
  }

  /// New states are made where they will live when the old value is done with by then; copied there at the end if not.
  void place_states() {
    for (const Port& port : graph_.outputs()) {
      if (port.kind != PortKind::state) continue;
      StorageBuffer& b = out_.buffers[at(out_.buffer_of[at(port.value)])];
      if (b.state == port.name) continue;
      const Port* old = graph_.find_input(port.name);
      const int old_last = old ? out_.buffers[at(out_.buffer_of[at(old->value)])].last : -2;
      const auto bytes = static_cast<int64_t>(graph_.value(port.value).type.bytes());
      if (b.state.empty() && b.first >= 0 && b.bytes == bytes && old_last < b.first &&
          only_stored_once(port.value))
        b.state = port.name;
      else
        out_.copies.push_back(port);
    }
  }

  bool only_stored_once(ValueId v) const {
    return std::count_if(graph_.outputs().begin(), graph_.outputs().end(),
                         [&](const Port& port) { return port.value == v; }) == 1;
  }

  void check_donations() const {
    for (const auto& [step, donated] : donations_) {
      const int buffer = out_.buffer_of[at(donated)];
      for (size_t v = 0; v < last_use_.size(); ++v)
        check(
            out_.buffer_of[v] != buffer || graph_.values()[v].node >= step || last_use_[v] <= step,
            "graph '{}': '{}' is read after this step has overwritten it\n  {}", graph_.name(),
            graph_.values()[v].name, to_string(graph_, step));
      const std::string& state = out_.buffers[at(buffer)].state;
      if (state.empty()) continue;
      const Port* port = graph_.find_output(state);
      check(port && port->kind == PortKind::state && out_.buffer_of[at(port->value)] == buffer,
            "graph '{}': the state '{}' is overwritten but not stored\n  {}", graph_.name(), state,
            to_string(graph_, step));
    }
  }

  struct Donation {
    int step;
    ValueId value;
  };

  const Graph& graph_;
  std::vector<int> last_use_;
  int end_;
  std::vector<Donation> donations_;
  Storage out_;
};

}  // namespace

Storage assign_storage(const Graph& graph) { return StorageAssigner(graph).run(); }

}  // namespace tessera
