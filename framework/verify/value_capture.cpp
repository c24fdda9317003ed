#include "framework/verify/value_capture.h"

#include <algorithm>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"

namespace tessera {
namespace {

/// The entry of a name; a value that the backward pass computes again has the entry of the value
/// that it repeats.
const LocalValue* find(const LocalValues& values, std::string name) {
  auto it = values.find(name);
  if (it == values.end())
    if (const size_t again = name.rfind(".again"); again != std::string::npos)
      it = values.find(name.erase(again, 6));
  return it == values.end() ? nullptr : &it->second;
}

/// The op that made a value; for a view that only shapes what a collective brought, the collective.
std::string maker(const Graph& graph, const LocalValues& values, ValueId id) {
  if (graph.value(id).node < 0) return "";
  const Node* node = &graph.node(graph.value(id).node);
  const std::string where = node->where;
  const auto shapes = [&] {
    return shows_elements(graph, *node) && graph.value(node->inputs[0]).node >= 0 &&
           find(values, graph.value(node->inputs[0]).name) == nullptr;
  };
  while (shapes() || node->op == &ops::wait) node = &graph.node(graph.value(node->inputs[0]).node);
  return fmt::format("{}{}", node->op->name, where.empty() ? "" : " at " + where);
}

}  // namespace

void put_part(Session& session, const DeviceTensor& to, const WholeValue& whole,
              const Layout& layout, const Mesh& mesh, int64_t rank) {
  const auto now = session.download<std::byte>(to);
  const std::vector<std::byte> part = part_of(whole, layout, mesh, rank);
  if (!std::ranges::equal(now, part)) session.upload(to, part);
}

void ValueCapture::watch(Session& session, const WholeValues* instead) {
  instead_ = instead;
  session.on_value = [this, &session](const Graph& graph, ValueId id, const DeviceTensor& tensor) {
    see(session, graph, id, tensor);
  };
}

std::vector<CapturedPart> ValueCapture::take(Session& session) {
  session.on_value = nullptr;
  times_.clear();
  return std::exchange(parts_, {});
}

void ValueCapture::see(Session& session, const Graph& graph, ValueId id,
                       const DeviceTensor& tensor) {
  const ValueInfo& info = graph.value(id);
  const auto of_graph = values_.find(graph.name());
  const LocalValue* value = of_graph == values_.end() ? nullptr : find(of_graph->second, info.name);
  if (value == nullptr || local_shape(value->whole, value->layout, mesh_) != info.type.shape ||
      (!value->layout.partial.empty() && !is_float(info.type.dtype))) {
    others_.insert(graph.name() + " " + info.name);
    return;
  }
  const auto values = session.download<std::byte>(tensor);
  const int64_t run = times_[graph.name() + " " + info.name]++;
  parts_.push_back({{graph.name(), run, value->source},
                    info.name,
                    maker(graph, of_graph->second, id),
                    {info.type.dtype, value->whole},
                    *value,
                    {values.begin(), values.end()}});
  // A sum that is not made yet stays as it is: the ranks' own addends are to be summed. An
  // accumulator comes from another run of a graph.
  const bool made = value->form == LocalValue::Form::made || !value->layout.partial.empty();
  if (instead_ == nullptr || (made && info.node >= 0)) return;
  const auto other = instead_->find(parts_.back().key.text());
  if (other != instead_->end() && other->second.type == parts_.back().type)
    put_part(session, tensor, other->second, value->layout, mesh_, rank_);
}

}  // namespace tessera
