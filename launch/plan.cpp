// `tessera plan`: what a run will need, known before it starts: memory by kind, FLOPs by op, and the graph after any pass.
#include <fmt/format.h>

#include "framework/config/parse.h"
#include "framework/graph/text.h"
#include "framework/passes/flops.h"
#include "framework/passes/memory_report.h"
#include "framework/runtime/compile.h"
#include "framework/runtime/fit.h"
#include "framework/train/assemble.h"
#include "framework/train/device.h"
#include "framework/train/model.h"
#include "launch/command_line.h"
#include "launch/planned_vocab.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

constexpr const char* kPasses =
    "model, grad, optimizer, precision, chunk, recompute, fuse, order, plan";

void print_after(const Config& config, int64_t vocab, const std::string& pass,
                 const std::string& only) {
  bool known = pass == "plan", any = false;
  std::string names;
  const auto show = [&](const std::string& name, auto&& text) {
    names += (names.empty() ? "" : ", ") + name;
    if (!only.empty() && name != only) return;
    fmt::print("{}\n", text());
    any = true;
  };
  const Assembly assembly = assemble_training(
      config, vocab, masked_positions(config), [&](std::string_view name, const Graph& graph) {
        known = known || name == pass;
        if (name == pass) show(graph.name(), [&] { return to_string(graph); });
      });
  require(known, "plan: there is no pass '{}'; known: {}", pass, kPasses);
  if (pass == "plan") {
    const Compiled compiled = compile(assembly.program, set_up_device(config.device), {assembly.mesh});
    for (const CompiledGraph& graph : compiled.graphs)
      show(graph.plan.graph.name(), [&] { return to_string(graph.plan); });
  }
  require(any, "plan: there is no graph '{}' after {}; there are: {}", only, pass, names);
}

void print_flops(const Assembly& assembly) {
  for (const Graph& graph : assembly.program.graphs()) {
    const auto by_op = flops_by_op(graph);
    if (by_op.empty()) continue;
    fmt::print("\nGFLOP of \"{}\" by op\n", graph.name());
    for (const auto& [op, flops] : by_op) fmt::print("  {:<20}{:>14.3f}\n", op, flops / 1e9);
  }
  fmt::print("\nmodel FLOPs of one update (nothing counted twice): {:.1f} GFLOP\n",
             assembly.model_flops / 1e9);
}

}  // namespace

int run_plan(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "plan",
      .summary =
          "Prints what training with a config needs, before anything runs: memory by kind, FLOPs "
          "by op, the graph "
          "after any pass.",
      .words = {{"CONFIG", "the run to plan"}},
      .options = {set_option(),
                  {"after", "PASS", std::string("print the graphs after this pass: ") + kPasses},
                  {"graph", "NAME", "only this graph (step, evaluate, …)"}},
      .examples = {"configs/gpt2-1.5b.yaml", "configs/gpt-small.yaml --after grad --graph step"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("after") || !given->has("graph"),
          "plan: --graph needs --after PASS: it says which of its graphs to print");
  const Config config = load_config(given->text("CONFIG"), given->list("set"));
  const int64_t vocab = planned_vocab(config);
  if (given->has("after")) {
    print_after(config, vocab, given->text("after"), given->text("graph"));
    return 0;
  }
  Assembly assembly = assemble_training(config, vocab, masked_positions(config));
  const DeviceProfile profile = set_up_device(config.device);
  const Compiled compiled = compile(assembly.program, profile, {assembly.mesh});
  fmt::print("{}", to_string(memory_report(compiled)));
  print_flops(assembly);
  require_fits(compiled, profile.memory_bytes, static_cast<size_t>(config.device.reserve.bytes),
               fit_settings(config));
  fmt::print(
      "fits: {:.2f} GiB planned + {:.2f} GiB reserve of {:.2f} GiB that this process may use\n",
      static_cast<double>(compiled.bytes()) / (1 << 30),
      static_cast<double>(config.device.reserve.bytes) / (1 << 30),
      static_cast<double>(profile.memory_bytes) / (1 << 30));
  return 0;
}

}  // namespace tessera
