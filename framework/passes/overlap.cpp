#include "framework/passes/overlap.h"

#include <algorithm>
#include <map>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"
#include "framework/passes/rewrite.h"
#include "framework/passes/state_moves.h"

namespace tessera {
namespace {

class Overlapper {
 public:
  explicit Overlapper(const Graph& source)
      : source_(source), end_(source.nodes().size()), users_(readers_of(source)), r_(source) {}

  Graph run() {
    schedule();
    r_.copy_inputs();
    for (size_t i = 0; i <= end_; ++i) {
      for (size_t c : waits_at_[i]) wait(c);
      for (size_t c : starts_at_[i]) start(c);
      if (i < end_ && !split_[i]) r_.copy(source_.nodes()[i]);
    }
    r_.copy_outputs();
    return r_.finish();
  }

 private:
  void schedule() {
    split_.assign(end_, false);
    starts_at_.resize(end_ + 1);
    waits_at_.resize(end_ + 1);
    size_t free = 0;  // when the last gather of states has come
    for (size_t i = 0; i < end_; ++i) {
      const Node& node = source_.nodes()[i];
      if (!node.op->collective) continue;
      const size_t use = first_use(node);
      const bool ahead = moves_states(source_, node);
      const size_t begin = ahead ? std::max(made_by(node), std::min(i, free)) : i;
      if (ahead) free = use;
      if (!computes_between(begin, use, i)) continue;
      split_[i] = true;
      starts_at_[begin].push_back(i);
      waits_at_[ahead ? use : in_time(i, begin, use)].push_back(i);
    }
  }

  /// Where to wait for a collective that reads memory of its own until then: where its result is
  /// read, but no later than where the second collective behind it on its axis starts. By then it
  /// is mostly through, and one is left to travel; if all were waited for at the end, whole
  /// gradients would lie beside those that are sharded.
  size_t in_time(size_t i, size_t begin, size_t use) {
    const Node& node = source_.nodes()[i];
    if (in_place(node)) return use;
    size_t behind = 0;
    for (size_t next = begin + 1; next < use; ++next) {
      const Node& other = source_.nodes()[next];
      if (other.op->collective && other.attrs.text("axis") == node.attrs.text("axis") &&
          !moves_states(source_, other) && ++behind == 2)
        return next;
    }
    return use;
  }

  bool in_place(const Node& node) const {
    return node.op == &ops::all_reduce &&
           std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId v) { return owns(v); });
  }

  /// The first place where all operands are there.
  size_t made_by(const Node& node) const {
    size_t place = 0;
    for (ValueId v : node.inputs)
      place = std::max(place, static_cast<size_t>(source_.value(v).node + 1));
    return place;
  }

  size_t first_use(const Node& node) const {
    size_t use = end_;
    for (ValueId v : node.outputs)
      for (NodeId user : users_[static_cast<size_t>(v)])
        use = std::min(use, static_cast<size_t>(user));
    return use;
  }

  /// Whether any kernel runs in [begin, use), the collective itself excepted.
  bool computes_between(size_t begin, size_t use, size_t self) const {
    for (size_t i = begin; i < use; ++i)
      if (i != self && !source_.nodes()[i].op->collective && !is_view(source_, source_.nodes()[i]))
        return true;
    return false;
  }

  /// Whether nobody else has the operand's memory: whether it is made for this node alone, through
  /// views at most.
  bool owns(ValueId v) const {
    while (true) {
      const NodeId maker = source_.value(v).node;
      if (maker < 0 || users_[static_cast<size_t>(v)].size() != 1) return false;
      if (!is_view(source_, source_.node(maker))) break;
      v = source_.node(maker).inputs[0];
    }
    // A result that itself lies in an operand's memory may lie in a state's.
    const auto aliases = aliases_of(source_, source_.node(source_.value(v).node));
    return std::none_of(aliases.begin(), aliases.end(), [&](const Alias& a) {
      return a.kind == Alias::Kind::donate &&
             source_.node(source_.value(v).node).outputs[static_cast<size_t>(a.result)] == v &&
             source_.value(source_.node(source_.value(v).node).inputs[static_cast<size_t>(a.input)])
                     .node < 0;
    });
  }

  void start(size_t c) {
    const Node& node = source_.nodes()[c];
    Attrs attrs = node.attrs;
    attrs.set("start", true);
    attrs.set("ticket", static_cast<int64_t>(c));
    if (in_place(node)) attrs.set("in_place", true);
    Place place(r_.graph(), node.where);
    started_[c] = r_.graph().add(*node.op, r_.operands(node), attrs,
                                 fmt::format("{}.started", source_.value(node.outputs[0]).name));
    in_place_[c] = attrs.flag("in_place");
  }

  void wait(size_t c) {
    const Node& node = source_.nodes()[c];
    std::vector<Value> in = started_.at(c);
    if (!in_place_.at(c))
      for (Value v : r_.operands(node)) in.push_back(v);
    Place place(r_.graph(), node.where);
    const auto out = r_.graph().add(ops::wait, in,
                                    {{"axis", node.attrs.text("axis")},
                                     {"ranks", node.attrs.integer("ranks")},
                                     {"results", static_cast<int64_t>(node.outputs.size())},
                                     {"ticket", static_cast<int64_t>(c)}},
                                    source_.value(node.outputs[0]).name);
    for (size_t i = 0; i < out.size(); ++i) r_.replace(node.outputs[i], out[i]);
  }

  const Graph& source_;
  size_t end_;
  Users users_;              // the graph's outputs count as read at the end
  std::vector<bool> split_;  // by node: whether it is started and waited for apart
  std::vector<std::vector<size_t>> starts_at_, waits_at_;  // before each node
  std::map<size_t, std::vector<Value>> started_;
  std::map<size_t, bool> in_place_;
  Rewriter r_;
};

}  // namespace

Graph overlap(const Graph& graph) { return Overlapper(graph).run(); }

}  // namespace tessera
