#include "framework/report/traffic.h"

#include "framework/core/error.h"
#include "framework/ops/ops.h"
#include "framework/report/memory_report.h"

namespace tessera {

std::optional<Exchange> exchange_of(const Graph& graph, const Node& node) {
  if (!node.op->collective || node.op == &ops::wait) return {};
  Exchange out{std::string(node.op->name), node.attrs.text("axis"), node.attrs.integer("ranks")};
  for (ValueId v : node.inputs) {
    const TensorType& type = graph.value(v).type;
    const DType wire = node.attrs.has("wire") ? parse_dtype(node.attrs.text("wire")) : type.dtype;
    const int64_t parts = node.op == &ops::all_gather ? out.ranks : 1;
    out.pieces.push_back(type.numel() * parts * static_cast<int64_t>(size_of(wire)));
    out.bytes += out.pieces.back();
  }
  return out;
}

double bytes_sent(const std::string& kind, int64_t ranks, int64_t bytes) {
  const auto n = static_cast<double>(ranks);
  return static_cast<double>(bytes) * (n - 1) / n * (kind == "all_reduce" ? 2 : 1);
}

Traffic::Count& Traffic::counter(const Exchange& exchange) {
  Count& count = counts_[{exchange.axis, exchange.kind}];
  count.ranks = exchange.ranks;
  return count;
}

void Traffic::add(const Exchange& exchange, int64_t calls) {
  Count& count = counter(exchange);
  count.calls += calls;
  count.bytes += exchange.bytes * calls;
}

void Traffic::add(const Traffic& other, int64_t times) {
  for (const auto& [key, theirs] : other.counts_) {
    Count& count = counts_[key];
    count.ranks = theirs.ranks;
    count.calls += theirs.calls * times;
    count.bytes += theirs.bytes * times;
  }
}

Traffic::Count Traffic::count(const std::string& axis, const std::string& kind) const {
  const auto found = counts_.find({axis, kind});
  return found == counts_.end() ? Count{} : found->second;
}

int64_t Traffic::calls() const {
  int64_t out = 0;
  for (const auto& [key, count] : counts_) out += count.calls;
  return out;
}

double Traffic::sent(const std::string& axis) const {
  double out = 0;
  for (const auto& [key, count] : counts_)
    if (axis.empty() || key.first == axis) out += bytes_sent(key.second, count.ranks, count.bytes);
  return out;
}

Traffic Traffic::since(const Traffic& before) const {
  Traffic out;
  for (const auto& [key, now] : counts_) {
    const Count then = before.count(key.first, key.second);
    if (now.calls > then.calls)
      out.counts_[key] = {now.ranks, now.calls - then.calls, now.bytes - then.bytes};
  }
  return out;
}

Traffic traffic_of(const Graph& graph) {
  Traffic out;
  for (const Node& node : graph.nodes())
    if (const auto exchange = exchange_of(graph, node)) out.add(*exchange);
  return out;
}

std::string to_string(const Traffic& traffic) {
  std::string out =
      fmt::format("  {:<6}{:>6}  {:<16}{:>8}{:>14}\n", "axis", "ranks", "kind", "calls", "sent");
  for (const auto& [key, count] : traffic.counts())
    out += fmt::format(
        "  {:<6}{:>6}  {:<16}{:>8}{:>14}\n", key.first, count.ranks, key.second, count.calls,
        bytes_text(static_cast<int64_t>(bytes_sent(key.second, count.ranks, count.bytes))));
  return out;
}

}  // namespace tessera
