#include "launch/plan_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/report/flops.h"
#include "models/model.h"

namespace tessera {
namespace {

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.2f} ms", seconds * 1e3);
  return fmt::format("{:.3f} s", seconds);
}

std::string row(const std::string& what, double seconds, double all) {
  return fmt::format("  {:<28}{:>12}{:>8.1f} %\n", what, duration(seconds),
                     all > 0 ? 100 * seconds / all : 0);
}

}  // namespace

std::string collectives_text(const Config& config, const Forecast& forecast) {
  if (forecast.update.calls() == 0) return "\nno collectives: one rank\n";
  const int64_t steps = config.batch.accumulate;
  std::string out;
  if (steps > 1)
    out += fmt::format("\ncollectives of one micro-step, and bytes that one rank sends\n{}",
                       to_string(forecast.micro));
  out += fmt::format("\ncollectives of one update{}, and bytes that one rank sends\n{}",
                     steps > 1 ? fmt::format(" ({} micro-steps)", steps) : "",
                     to_string(forecast.update));
  return out;
}

std::string flops_text(const Config& config, const Assembly& assembly, const Forecast& forecast) {
  std::string out;
  for (const Graph& graph : assembly.program.graphs()) {
    const auto by_op = flops_by_op(graph);
    if (by_op.empty()) continue;
    out += fmt::format("\nGFLOP of \"{}\" by op\n", graph.name());
    for (const auto& [op, flops] : by_op)
      out += fmt::format("  {:<20}{:>14.3f}\n", op, flops / 1e9);
  }
  if (assembly.mesh.size() > 1)
    out += fmt::format("\nFLOPs of one update on each rank: {:.1f} GFLOP", forecast.flops / 1e9);
  out += fmt::format("\nmodel FLOPs of one update (nothing counted twice): {:.1f} GFLOP\n",
                     forecast.model_flops / 1e9);
  const ModelDef& model = shipped_models().of(config);
  const std::string remark = model.remark ? model.remark(config) : "";
  return remark.empty() ? out : out + remark + "; counted above\n";
}

std::string time_text(const Config& config, const Timeline& time, const Forecast& forecast) {
  std::string out = fmt::format("\npredicted time of one update: {}\n", duration(time.seconds));
  out += row("computing", time.compute, time.seconds);
  for (const auto& [name, axis] : time.axes) {
    out += row(fmt::format("exposed, along {}", name), axis.exposed, time.seconds);
    out += row(fmt::format("hidden, along {}", name), std::max(axis.busy - axis.exposed, 0.0),
               time.seconds);
  }
  out += fmt::format("critical path: computing {}", duration(time.critical_compute));
  for (const auto& [name, axis] : time.axes)
    out += fmt::format(", {} {}", name, duration(axis.critical));
  out += "\n";
  if (!time.waits.empty()) out += "waited for longest:\n";
  for (size_t i = 0; i < std::min<size_t>(5, time.waits.size()); ++i)
    out += fmt::format("{:>14}  {:<4} {}\n", duration(time.waits[i].seconds), time.waits[i].axis,
                       time.waits[i].name);
  out += fmt::format("{:.0f} tokens/s, {:.1f} model TFLOP/s on all ranks\n",
                     static_cast<double>(config.tokens_per_step()) / time.seconds,
                     forecast.model_flops / 1e12 / time.seconds);
  return out;
}

}  // namespace tessera
