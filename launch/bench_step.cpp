#include <algorithm>
#include <map>

#include "framework/assembly/layouts.h"
#include "framework/graph/op_def.h"
#include "framework/kernels/cpu/shared/matmul_rate.h"
#include "framework/train/device.h"
#include "framework/train/model_learner.h"
#include "launch/bench_modes.h"
#include "launch/planned_vocab.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

struct Row {
  int64_t calls = 0;
  double flops = 0, bytes = 0;
  std::vector<double> seconds;  // by step
};

/// Bytes that a node must move at least: every operand read and every result written once; views move none.
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
  const DeviceProfile profile = set_up_device(config.device);
  ModelLearner learner(shipped_models(), config,
                       {make_random_batches(shipped_models(), config, vocab), vocab, std::nullopt},
                       profile);
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
    row.calls += 1;
    row.flops += node.op->flops ? node.op->flops(in, out, node.attrs) : 0;
    row.bytes += traffic(graph, node);
  };
  for (; step < steps; ++step) learner.step(step + 2);

  const bool low = config.precision.compute == DType::bf16;
  const double flops_per_s =
      1e9 * cpu::matmul_gflops(low && profile.isa >= Isa::avx512 ? DType::bf16 : DType::f32);
  const double bytes_per_s = 1e9 * cpu::memory_gbytes_per_second();
  std::vector<std::pair<double, std::string>> order;
  double total = 0;
  for (auto& [name, row] : rows) {
    std::sort(row.seconds.begin(), row.seconds.end());
    order.emplace_back(-row.seconds[row.seconds.size() / 2], name);
    total -= order.back().first;
  }
  std::sort(order.begin(), order.end());
  nlohmann::json figures = nlohmann::json::array();
  fmt::print("measured roofline: {:.0f} GFLOP/s {}, {:.1f} GB/s\n", flops_per_s / 1e9,
             low ? "bf16" : "f32", bytes_per_s / 1e9);
  fmt::print("{:<28}{:>7}{:>11}{:>8}{:>11}{:>9}{:>16}\n", "op", "calls", "ms", "share", "GFLOP/s",
             "GB/s", "of roofline");
  for (const auto& [negative, name] : order) {
    const Row& row = rows[name];
    const double s = -negative, bound = std::max(row.flops / flops_per_s, row.bytes / bytes_per_s);
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
