#include <algorithm>
#include <map>

#include "framework/assembly/device.h"
#include "framework/assembly/layouts.h"
#include "framework/graph/op_def.h"
#include "framework/train/model_learner.h"
#include "launch/bench_modes.h"
#include "launch/planned_vocab.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

struct Row {
  DType type = DType::f32;  // the type that the products ran in
  int64_t calls = 0;
  double flops = 0, bytes = 0;
  std::vector<double> seconds;  // one entry per step
};

/// The least number of bytes that a node moves: it reads every operand once and writes every result
/// once. Views move none.
double traffic(const Graph& graph, const Node& node) {
  std::vector<TensorType> in, out;
  for (ValueId v : node.inputs) in.push_back(graph.value(v).type);
  for (ValueId v : node.outputs) out.push_back(graph.value(v).type);
  if (node.op->alias)
    for (const Alias& alias : node.op->alias(in, out, node.attrs))
      if (alias.kind == Alias::Kind::view) return 0;
  double bytes = 0;
  for (const auto& t : in) bytes += static_cast<double>(t.bytes());
  for (const auto& t : out) bytes += static_cast<double>(t.bytes());
  return bytes;
}

std::string row_name(const Graph& graph, const Node& node) {
  std::string name(node.op->name);
  if (node.op->flops && !node.inputs.empty())
    name += fmt::format(" {}", graph.value(node.inputs[0]).type.dtype);
  return name;
}

}  // namespace

nlohmann::json bench_step(const Config& given, int64_t steps) {
  const Config config = resolve_mesh(given, 1);
  const int64_t vocab = planned_vocab(config);
  const auto device = make_device(config.device);
  ModelLearner learner(shipped_models(), config,
                       {make_random_batches(shipped_models(), config, vocab), vocab, nullptr},
                       device);
  std::map<std::string, Row> rows;
  int64_t step = -2;
  learner.session().on_step = [&](const Graph& graph, NodeId id, double seconds) {
    if (step < 0) return;
    const Node& node = graph.node(id);
    Row& row = rows[row_name(graph, node)];
    row.seconds.resize(static_cast<size_t>(steps), 0.0);
    row.seconds[static_cast<size_t>(step)] += seconds;
    if (step > 0) return;
    std::vector<TensorType> in, out;
    for (ValueId v : node.inputs) in.push_back(graph.value(v).type);
    for (ValueId v : node.outputs) out.push_back(graph.value(v).type);
    if (!in.empty() && in[0].dtype == DType::bf16) row.type = device->product_type(DType::bf16);
    row.calls += 1;
    row.flops += node.op->flops ? node.op->flops(in, out, node.attrs) : 0;
    row.bytes += traffic(graph, node);
  };
  for (; step < steps; ++step) learner.step(step + 2);

  std::map<DType, double> flops_per_s;
  std::string rates;
  for (const auto& [name, row] : rows) {
    if (flops_per_s.contains(row.type)) continue;
    flops_per_s[row.type] = 1e9 * device->matmul_gflops(row.type);
    rates += fmt::format("{:.0f} GFLOP/s {}, ", flops_per_s[row.type] / 1e9, row.type);
  }
  const double bytes_per_s = 1e9 * device->copy_gbytes_per_second();
  std::vector<std::pair<double, std::string>> order;
  double total = 0;
  for (auto& [name, row] : rows) {
    std::sort(row.seconds.begin(), row.seconds.end());
    order.emplace_back(-row.seconds[row.seconds.size() / 2], name);
    total -= order.back().first;
  }
  std::sort(order.begin(), order.end());
  nlohmann::json figures = nlohmann::json::array();
  fmt::print("measured roofline: {}{:.1f} GB/s\n", rates, bytes_per_s / 1e9);
  fmt::print("{:<28}{:>7}{:>11}{:>8}{:>11}{:>9}{:>16}\n", "op", "calls", "ms", "share", "GFLOP/s",
             "GB/s", "of roofline");
  for (const auto& [negative, name] : order) {
    const Row& row = rows[name];
    const double s = -negative;
    const double bound = std::max(row.flops / flops_per_s[row.type], row.bytes / bytes_per_s);
    fmt::print("{:<28}{:>7}{:>11.3f}{:>7.1f}%{:>11.1f}{:>9.1f}{:>15.0f}%\n", name, row.calls,
               s * 1e3, 100 * s / total, row.flops / s / 1e9, row.bytes / s / 1e9, 100 * bound / s);
    figures.push_back({{"op", name},
                       {"calls", row.calls},
                       {"seconds", s},
                       {"flops", row.flops},
                       {"bytes", row.bytes},
                       {"roofline_seconds", bound}});
  }
  fmt::print("{:<28}{:>7}{:>11.3f}\n", "sum", "", total * 1e3);
  return figures;
}

}  // namespace tessera
