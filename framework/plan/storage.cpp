#include "framework/plan/storage.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "framework/graph/text.h"
#include "framework/plan/final_copies.h"

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
    for (const Node& node : graph.nodes()) aliases_.push_back(aliases_of(graph, node));
    out_.values.resize(graph.values().size());
  }

  Storage run() {
    for (const Port& port : graph_.inputs()) {
      const int b = create(port.value, -1);
      if (port.kind == PortKind::state) buffer(b).state = port.name;
    }
    for (int i = 0; i < end_; ++i) forced(i);
    measure();
    for (int i = 0; i < end_; ++i) in_place(i);
    const auto moved = place_states();
    check_donations();
    add_final_copies(graph_, moved, out_);
    return std::move(out_);
  }

 private:
  struct Donation {
    int step, input;
    ValueId result;
  };

  template <typename T>
  static size_t at(T i) {
    return static_cast<size_t>(i);
  }
  StorageBuffer& buffer(int b) { return out_.buffers[at(b)]; }
  int buffer_of(ValueId v) const { return out_.values[at(v)].buffer; }
  int64_t offset_of(ValueId v) const { return out_.values[at(v)].offset; }
  int64_t bytes_of(ValueId v) const { return static_cast<int64_t>(graph_.value(v).type.bytes()); }

  int create(ValueId v, int first) {
    const int b = static_cast<int>(out_.buffers.size());
    out_.buffers.push_back({bytes_of(v), first, first, {}, graph_.value(v).name, {v}});
    out_.values[at(v)] = {b, 0};
    return b;
  }

  /// Moves the values of buffer `from` into buffer `into`, of the same size.
  void merge(int from, int into) {
    StorageBuffer &f = buffer(from), &t = buffer(into);
    if (residents_.results.erase(from) > 0) residents_.results.insert(into);
    if (auto moved = residents_.operands.extract(from)) {
      auto& there = residents_.operands[into];
      there.insert(there.end(), moved.mapped().begin(), moved.mapped().end());
    }
    for (ValueId v : f.values) {
      out_.values[at(v)].buffer = into;
      t.values.push_back(v);
    }
    t.last = std::max(t.last, f.last);
    f.values = {};
    f.bytes = 0;
  }

  /// Places the results of step i: views and donations lie in their operand's buffer, and every
  /// other result gets a buffer of its own.
  void forced(int i) {
    const Node& node = graph_.node(i);
    for (const Alias& alias : aliases_[at(i)]) {
      if (alias.kind == Alias::Kind::in_place) continue;
      const ValueId from = node.inputs[at(alias.input)], to = node.outputs[at(alias.result)];
      out_.values[at(to)] = {buffer_of(from), offset_of(from) + alias.offset};
      buffer(buffer_of(from)).values.push_back(to);
      if (alias.kind == Alias::Kind::donate) donations_.push_back({i, alias.input, to});
    }
    for (ValueId v : node.outputs)
      if (buffer_of(v) < 0) create(v, i);
  }

  void measure() {
    for (size_t v = 0; v < last_use_.size(); ++v) {
      StorageBuffer& b = buffer(out_.values[v].buffer);
      b.last = std::max({b.last, last_use_[v], graph_.values()[v].node});
    }
  }

  bool stored_as(ValueId v, const SharedText& state) const {
    const Port* port = graph_.find_output(state);
    return port && port->kind == PortKind::state && port->value == v;
  }

  /// Where a step's operands and results lie: by buffer, which of them. One message may have
  /// thousands.
  struct Residents {
    int step = -1;
    std::unordered_map<int, std::vector<size_t>> operands;
    std::unordered_set<int> results;
  };

  const Residents& residents_of(int i) {
    if (residents_.step == i) return residents_;
    residents_ = {i, {}, {}};
    const Node& node = graph_.node(i);
    for (size_t k = 0; k < node.inputs.size(); ++k)
      residents_.operands[buffer_of(node.inputs[k])].push_back(k);
    for (ValueId v : node.outputs) residents_.results.insert(buffer_of(v));
    return residents_;
  }

  /// Whether the result may be written over the operand, as far as step i itself goes.
  bool overwrites(int i, const Alias& alias) {
    const Node& node = graph_.node(i);
    const ValueId from = node.inputs[at(alias.input)], to = node.outputs[at(alias.result)];
    const int target = buffer_of(from), own = buffer_of(to);
    const StorageBuffer &t = buffer(target), &o = buffer(own);
    if (target == own || o.first != i || o.values[0] != to || !o.state.empty()) return false;
    if (t.bytes != o.bytes || offset_of(from) != 0) return false;
    const Residents& residents = residents_of(i);
    if (residents.results.contains(target)) return false;  // another result is there already
    // Other operands in that buffer must be as harmless.
    for (const size_t k : residents.operands.at(target)) {
      const auto same = [&](const Alias& a) {
        return a.kind == Alias::Kind::in_place && a.result == alias.result && at(a.input) == k;
      };
      if (node.inputs[k] != from ||
          std::none_of(aliases_[at(i)].begin(), aliases_[at(i)].end(), same))
        return false;
    }
    return true;
  }

  /// Lets results of step i take over the buffer of an operand that ends there.
  void in_place(int i) {
    for (const Alias& alias : aliases_[at(i)]) {
      if (alias.kind != Alias::Kind::in_place || !overwrites(i, alias)) continue;
      const ValueId from = graph_.node(i).inputs[at(alias.input)],
                    to = graph_.node(i).outputs[at(alias.result)];
      const StorageBuffer& t = buffer(buffer_of(from));
      if (t.last != i || (!t.state.empty() && !stored_as(to, t.state))) continue;
      merge(buffer_of(to), buffer_of(from));
    }
  }

  /// Whether the old state in buffer `old` is done with when the buffer `b` begins.
  bool makes_room(int old, int b) {
    const int first = buffer(b).first;
    if (buffer(old).last != first) return buffer(old).last < first;
    for (const Alias& alias : aliases_[at(first)])
      if (alias.kind == Alias::Kind::in_place &&
          graph_.node(first).outputs[at(alias.result)] == buffer(b).values[0] &&
          buffer_of(graph_.node(first).inputs[at(alias.input)]) == old && overwrites(first, alias))
        return true;
    return false;
  }

  /// Makes new states where they will live when the old value is done with by then. Returns the
  /// other ones.
  std::vector<Port> place_states() {
    std::vector<Port> moved;
    for (const Port& port : graph_.outputs()) {
      if (port.kind != PortKind::state) continue;
      const int b = buffer_of(port.value);
      if (buffer(b).state == port.name) continue;
      const Port* old = graph_.find_input(port.name);
      const bool fits = buffer(b).state.empty() && buffer(b).first >= 0 &&
                        buffer(b).bytes == bytes_of(port.value);
      if (fits && !old)
        buffer(b).state = port.name;
      else if (fits && makes_room(buffer_of(old->value), b))
        merge(b, buffer_of(old->value));
      else
        moved.push_back(port);
    }
    return moved;
  }

  void check_donations() {
    std::map<int, std::vector<Donation>> by_buffer;
    for (const Donation& d : donations_) by_buffer[buffer_of(d.result)].push_back(d);
    for (const auto& [b, donations] : by_buffer) {
      check_overwritten(buffer(b), donations);
      if (buffer(b).state.empty()) continue;
      const Port* port = graph_.find_output(buffer(b).state);
      if (!port || port->kind != PortKind::state)
        internal_error("graph '{}': the state '{}' is overwritten but not stored\n  {}",
                       graph_.name(), buffer(b).state, to_string(graph_, donations.front().step));
    }
  }

  /// Checks that nothing that lies where a donation writes is read by the donation's step or later.
  /// Values and donations are both walked in the order of the steps, so that of many values in one
  /// buffer each is met while something still reads it alone.
  void check_overwritten(const StorageBuffer& b, const std::vector<Donation>& donations) const {
    std::vector<ValueId> values(b.values.begin(), b.values.end()), read;
    std::stable_sort(values.begin(), values.end(), [&](ValueId x, ValueId y) {
      return graph_.value(x).node < graph_.value(y).node;
    });
    auto next = values.begin();
    for (const Donation& donation : donations) {
      const int step = donation.step, input = donation.input;
      const ValueId result = donation.result;
      for (; next != values.end() && graph_.value(*next).node < step; ++next) read.push_back(*next);
      std::erase_if(read, [&](ValueId v) { return last_use_[at(v)] < step; });
      const int64_t begin = offset_of(result), end = begin + bytes_of(result);
      const auto& operands = graph_.node(step).inputs;
      for (ValueId v : read) {
        if (offset_of(v) >= end || offset_of(v) + bytes_of(v) <= begin) continue;
        bool read_now = false;
        for (size_t k = 0; k < operands.size(); ++k)
          read_now = read_now || (operands[k] == v && k != at(input));
        if (last_use_[at(v)] > step || read_now)
          internal_error("graph '{}': '{}' is needed by {} when this step has overwritten it\n  {}",
                         graph_.name(), graph_.value(v).name, reader(v, step),
                         to_string(graph_, step));
      }
    }
  }

  /// Who still wants `v` at or after `step`, in words.
  std::string reader(ValueId v, int step) const {
    for (int i = step + 1; i < end_; ++i)
      for (ValueId operand : graph_.node(i).inputs)
        if (operand == v) return fmt::format("'{}'", graph_.value(graph_.node(i).outputs[0]).name);
    for (const Port& port : graph_.outputs())
      if (port.value == v) return fmt::format("the output '{}'", port.name);
    return "the step itself";
  }

  const Graph& graph_;
  std::vector<int> last_use_;
  int end_;
  std::vector<std::vector<Alias>> aliases_;  // by node
  std::vector<Donation> donations_;
  Residents residents_;  // of the step that was asked about last
  Storage out_;
};

}  // namespace

Storage assign_storage(const Graph& graph) { return StorageAssigner(graph).run(); }

}  // namespace tessera
