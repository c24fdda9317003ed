// `tessera plan` says before a run starts what it will need on each rank: memory by kind,
// collectives, FLOPs and time. The verb can also print the graph after any pass.
#include <fmt/format.h>

#include <optional>

#include "framework/assembly/device.h"
#include "framework/assembly/fit_settings.h"
#include "framework/assembly/proposals.h"
#include "framework/config/mesh_axes.h"
#include "framework/config/print.h"
#include "framework/config/value.h"
#include "framework/graph/text.h"
#include "framework/runtime/fit.h"
#include "launch/command_line.h"
#include "launch/mesh_option.h"
#include "launch/plan_report.h"
#include "launch/planned_run.h"
#include "launch/rates.h"
#include "launch/verbs.h"
#include "models/model.h"
#include "models/outside_export.h"

namespace tessera {
namespace {

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
      shipped_models(), config, vocab, [&](std::string_view name, const Graph& graph) {
        known = known || name == pass;
        if (name == pass) show(graph.name(), [&] { return to_string(graph); });
      });
  require(known, "plan: there is no pass '{}'; known: {}", pass, form_names());
  if (pass == "plan") {
    const Compiled compiled =
        compile(assembly.program, *make_device(config.device), {assembly.mesh});
    for (const CompiledGraph& graph : compiled.graphs)
      show(graph.plan.graph.name(), [&] { return to_string(graph.plan); });
  }
  require(any, "plan: there is no graph '{}' after {}; there are: {}", only, pass, names);
}

/// The overrides of the command line: those of --set first, then those of --mesh, written in the
/// way of --set.
std::vector<std::string> settings(const Arguments& given) {
  std::vector<std::string> sets = given.list("set");
  if (!given.has("mesh")) return sets;
  for (std::string& set : mesh_settings(mesh_option(given.text("mesh"))))
    sets.push_back(std::move(set));
  return sets;
}

/// The run to plan. When --mesh does not divide its sizes, the error names near sizes that the mesh
/// would divide.
PlannedRun run_to_plan(const Arguments& given) {
  const std::string named = given.text("SOURCE");
  const std::vector<std::string> sets = settings(given);
  try {
    PlannedRun run = planned_run(named, sets);
    for (const ConfigAxis& axis : kMeshAxes)
      run.config.mesh.*axis.size = (run.config.mesh.*axis.size).value_or(1);
    return run;
  } catch (const UserError& error) {
    std::vector<std::string> alone = sets, better;
    for (std::string& set : mesh_settings({})) alone.push_back(std::move(set));
    alone.insert(alone.end(), {"mesh.sequence_parallel=false", "data_parallel.shard=none",
                               "data_parallel.wire=f32"});
    try {
      Config config = planned_run(named, alone).config;
      const MeshConfig mesh = mesh_option(given.text("mesh", "1"));
      for (const ConfigAxis& axis : kMeshAxes) config.mesh.*axis.size = mesh.*axis.size;
      better = sizes_that_divide(config);
    } catch (const UserError&) {  // the mesh is not at fault
    }
    if (better.empty()) throw;
    throw UserError(fmt::format("{}\n  near sizes that divide: --set {}", error.what(),
                                fmt::join(better, " --set ")));
  }
}

DeviceProfile planned_device(const Config& config, const Arguments& given) {
  DeviceProfile profile = make_device(config.device)->profile();
  ByteSize memory;
  if (config.device.memory && given.has("mesh")) memory = *config.device.memory;
  if (given.has("memory")) {
    const Complaint complaint = read_value(given.text("memory"), {}, memory);
    require(complaint.empty(), "plan: --memory: {}", complaint);
  }
  if (memory.bytes > 0) profile.memory_bytes = static_cast<size_t>(memory.bytes);
  return profile;
}

int64_t parameter_count(const Assembly& assembly) {
  int64_t count = 0;
  for (const Parameter& p : assembly.parameters) count += numel(p.own_shape());
  return count;
}

/// Throws the error of a run that does not fit, and names other meshes that would fit.
void require_fits_on_mesh(const Config& config, int64_t vocab, const Compiled& compiled) {
  const DeviceProfile& profile = compiled.profile;
  const int64_t reserve = config.device.reserve.bytes;
  try {
    require_fits(compiled, profile.memory_bytes, static_cast<size_t>(reserve),
                 fit_settings(config));
  } catch (const UserError& error) {
    std::string text = error.what();
    const auto meshes = fitting_meshes(shipped_models(), config, vocab, profile,
                                       static_cast<int64_t>(profile.memory_bytes) - reserve);
    if (!meshes.empty()) text += "\n  meshes that would, and what each rank needs:";
    for (const MeshProposal& mesh : meshes)
      text += fmt::format("\n  {:>18}  {}",
                          (mesh.exact ? "" : "about ") + bytes_text(mesh.bytes + reserve),
                          mesh.text(config));
    throw UserError(text);
  }
}

}  // namespace

int run_plan(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "plan",
      .summary =
          "Prints what training needs on each rank, before anything runs: memory by kind, "
          "collectives, FLOPs, time, the graph after any pass.",
      .words =
          {{"SOURCE",
            "a config; or a run, a checkpoint, a Hugging Face folder or a .gguf to begin with"}},
      .options = {set_option(),
                  {"mesh", "AXES", "on this mesh, such as dp=64,tp=8; otherwise the config's"},
                  {"memory", "SIZE",
                   "what each rank may use, such as 16GiB; otherwise as much as here"},
                  {"flops", "RATE", "predict the time: what a rank computes, such as 100GFLOP/s"},
                  {"links", "LINKS",
                   "and the network: intra=20GB/s:5us,inter=1Gbit/s:50us, or by axis"},
                  {"ranks-per-host", "N", "for intra and inter; otherwise the ranks of tp"},
                  {"after", "PASS", "print the graphs after this pass: " + form_names()},
                  {"graph", "NAME", "only this graph (step, evaluate, …)"}},
      .examples = {"configs/gpt2-1.5b.yaml --mesh dp=32,tp=8",
                   "smollm2.gguf --set batch.length=512",
                   "configs/gpt-small.yaml --after grad --graph step"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("after") || !given->has("graph"),
          "plan: --graph needs --after PASS: it says which of its graphs to print");
  require(!given->has("links") || given->has("flops"),
          "plan: --links needs --flops: a time is predicted from both");
  const auto [config, vocab, supposed] = run_to_plan(*given);
  if (given->has("after")) {
    print_after(config, vocab, given->text("after"), given->text("graph"));
    return 0;
  }
  const Assembly assembly = assemble_training(shipped_models(), config, vocab);
  const int64_t per_host = given->integer("ranks-per-host", 0, 1);
  std::optional<Rates> rates;
  if (given->has("flops"))
    rates = parse_rates(given->text("flops"), given->text("links"), assembly.mesh, per_host);
  const Compiled compiled =
      compile(assembly.program, planned_device(config, *given), {assembly.mesh});
  const Forecast known = forecast(config, assembly, compiled);
  if (!supposed.empty())
    fmt::print("supposed config: {}; change it with --set\n{}\n", supposed,
               effective_table(config));
  if (assembly.mesh.size() > 1)
    fmt::print("each of the {} ranks of the mesh {}:\n", assembly.mesh.size(),
               to_string(assembly.mesh));
  fmt::print("{} parameters\n{}{}{}", parameter_count(assembly), to_string(known.memory),
             flops_text(config, assembly, known), collectives_text(config, known));
  if (rates) fmt::print("{}", time_text(config, time_of_update(config, compiled, *rates), known));
  require_fits_on_mesh(config, vocab, compiled);
  fmt::print("{}\n", outside_target_text(config));
  fmt::print("fits: {:.2f} GiB planned + {:.2f} GiB reserve of {:.2f} GiB that {} may use\n",
             static_cast<double>(compiled.bytes()) / (1 << 30),
             static_cast<double>(config.device.reserve.bytes) / (1 << 30),
             static_cast<double>(compiled.profile.memory_bytes) / (1 << 30),
             assembly.mesh.size() > 1 ? "each process" : "this process");
  return 0;
}

}  // namespace tessera
