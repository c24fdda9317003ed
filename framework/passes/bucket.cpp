#include "framework/passes/bucket.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"
#include "framework/passes/rewrite.h"
#include "framework/passes/state_moves.h"

namespace tessera {
namespace {

class Bucketer {
 public:
  Bucketer(const Graph& source, int64_t bytes)
      : source_(source),
        bytes_(bytes),
        done_(source.nodes().size(), false),
        sinks_(state_sinks(source, users_of(source))),
        r_(source) {
    for (size_t i = 0; i < source.nodes().size(); ++i) {
      if (moves_states(source, source.nodes()[i])) moves_.push_back(i);
      for (ValueId v : source.nodes()[i].outputs) maker_[v] = i;
    }
  }

  Graph run() {
    r_.copy_inputs();
    // Views of states cost nothing; put in front they let gathers move.
    for (const Node& node : source_.nodes())
      if (moves_states(source_, node))
        for (ValueId v : node.inputs) copy_views(v);
    for (size_t i = 0; i < source_.nodes().size(); ++i) {
      if (done_[i]) continue;
      const Node& node = source_.nodes()[i];
      if (sinks_[i] && put_off(i)) continue;
      for (ValueId v : node.inputs) demand(v);
      if (moves_states(source_, node))
        node.op == &ops::all_gather ? gather_layer(i) : fill(i);
      else if (node.op->collective)
        hold(i);
      else
        r_.copy(node);
    }
    while (!order_.empty()) send(std::string(order_.front()));
    for (auto& [key, sinks] : sinks_behind_) flush(sinks.sent);
    r_.copy_outputs();
    return r_.finish();
  }

 private:
  static std::string key_of(const Node& node, const Graph& graph) {
    return fmt::format("{} {} {}", node.op->name, to_string(node.attrs),
                       graph.value(node.inputs[0]).type.dtype);
  }

  int64_t bytes_of(const Node& node) const {
    int64_t bytes = 0;
    for (ValueId v : node.inputs) bytes += static_cast<int64_t>(source_.value(v).type.bytes());
    return bytes;
  }

  void copy_views(ValueId v) {
    if (r_.has(v)) return;
    const auto maker = static_cast<size_t>(source_.value(v).node);
    copy_views(source_.nodes()[maker].inputs[0]);
    r_.copy(source_.nodes()[maker]);
    done_[maker] = true;
  }

  /// The layer whose states a node gathers; for a state outside of layers the state's own name.
  std::string_view group_of(const Node& node) const {
    const std::string& name = source_.value(viewed(source_, node.inputs[0])).name;
    const std::string_view layer = layer_of(name);
    return layer.empty() ? name : layer;
  }

  /// Emits the gather of node `first`, joined with the gathers of other states of its layer that
  /// follow before a gather of another layer and before the same state is gathered again. So what
  /// the backward pass gathers is not held from the forward pass on.
  void gather_layer(size_t first) {
    const std::string key = key_of(source_.nodes()[first], source_);
    const std::string_view layer = group_of(source_.nodes()[first]);
    std::vector<size_t> members;
    std::set<ValueId> gathered;
    for (auto at = std::lower_bound(moves_.begin(), moves_.end(), first); at != moves_.end();
         ++at) {
      const Node& node = source_.nodes()[*at];
      if (node.op != &ops::all_gather) continue;
      if (group_of(node) != layer || !gathered.insert(viewed(source_, node.inputs[0])).second)
        break;
      if (!done_[*at] && key_of(node, source_) == key) members.push_back(*at);
    }
    emit(members);
  }

  /// Emits a full bucket of those sums of states that begin with node `first`.
  void fill(size_t first) {
    const std::string key = key_of(source_.nodes()[first], source_);
    std::vector<size_t> members;
    int64_t bytes = 0;
    for (auto at = std::lower_bound(moves_.begin(), moves_.end(), first);
         at != moves_.end() && bytes < bytes_; ++at) {
      const Node& node = source_.nodes()[*at];
      if (done_[*at] || key_of(node, source_) != key) continue;
      members.push_back(*at);
      bytes += bytes_of(node);
    }
    emit(members);
  }

  void hold(size_t i) {
    const Node& node = source_.nodes()[i];
    const std::string key = key_of(node, source_);
    auto& held = held_[key];
    if (held.nodes.empty()) order_.push_back(key);
    held.nodes.push_back(i);
    held.bytes += bytes_of(node);
    done_[i] = true;
    if (held.bytes >= bytes_) send(key);
  }

  /// A node that only adds a collective's result to a state waits until the next bucket is sent, so
  /// that the message travels meanwhile.
  bool put_off(size_t i) {
    for (ValueId v : source_.nodes()[i].inputs) {
      const auto made = maker_.find(v);
      if (made == maker_.end() || !source_.nodes()[made->second].op->collective) continue;
      Sinks& sinks = sinks_behind_[key_of(source_.nodes()[made->second], source_)];
      (r_.has(v) ? sinks.sent : sinks.held).push_back(i);
      done_[i] = true;
      return true;
    }
    return false;
  }

  void flush(std::vector<size_t>& sinks) {
    for (size_t i : sinks) {
      for (ValueId v : source_.nodes()[i].inputs) demand(v);
      r_.copy(source_.nodes()[i]);
    }
    sinks.clear();
  }

  /// Sends the bucket that holds the maker of `v`, before `v` is read.
  void demand(ValueId v) {
    const auto made = maker_.find(v);
    if (made == maker_.end() || r_.has(v)) return;
    send(key_of(source_.nodes()[made->second], source_));
  }

  /// Sends the bucket of `key`. `key` must not be a reference into order_, which changes.
  void send(const std::string& key) {
    const std::vector<size_t> nodes = std::move(held_[key].nodes);
    held_.erase(key);
    std::erase(order_, key);
    Sinks& sinks = sinks_behind_[key];
    emit(nodes);
    flush(sinks.sent);
    sinks.sent = std::move(sinks.held);
    sinks.held.clear();
  }

  void emit(const std::vector<size_t>& members) {
    const Node& first = source_.nodes()[members[0]];
    std::vector<Value> in;
    for (size_t i : members) {
      const auto more = r_.operands(source_.nodes()[i]);
      in.insert(in.end(), more.begin(), more.end());
      done_[i] = true;
    }
    Place place(r_.graph(), first.where);
    const auto out =
        r_.graph().add(*first.op, in, first.attrs, source_.value(first.outputs[0]).name);
    size_t at = 0;
    for (size_t i : members)
      for (ValueId v : source_.nodes()[i].outputs) r_.replace(v, out[at++]);
  }

  struct Held {
    std::vector<size_t> nodes;
    int64_t bytes = 0;
  };

  /// Nodes that wait, by whether the bucket with their operand is held or has been sent.
  struct Sinks {
    std::vector<size_t> held, sent;
  };

  const Graph& source_;
  int64_t bytes_;
  std::vector<size_t> moves_;                  // nodes that move states, in order
  std::vector<bool> done_;                     // by node: whether it is emitted or held
  std::vector<bool> sinks_;                    // by node: whether it makes nothing but states
  std::map<std::string, Sinks> sinks_behind_;  // by key of the bucket
  std::map<ValueId, size_t> maker_;
  std::map<std::string, Held> held_;
  std::vector<std::string> order_;  // keys of the buckets that are held, oldest first
  Rewriter r_;
};

}  // namespace

Graph bucket(const Graph& graph, int64_t bytes) { return Bucketer(graph, bytes).run(); }

}  // namespace tessera
