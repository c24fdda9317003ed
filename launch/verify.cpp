// `tessera verify` runs a config on two meshes and compares them value by value.
#include "framework/verify/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/assembly/device.h"
#include "framework/assembly/layouts.h"
#include "framework/config/mesh_axes.h"
#include "framework/core/threads.h"
#include "launch/command_line.h"
#include "launch/mesh_option.h"
#include "launch/planned_vocab.h"
#include "launch/run_config.h"
#include "launch/verbs.h"
#include "launch/verify.h"
#include "models/random_batches.h"

namespace tessera {
namespace {

/// The config on `mesh`. When only the other mesh has tp, sequence parallelism is switched off;
/// when only the other mesh has dp, data parallel sharding and the wire type are reset to their
/// defaults.
Config config_on(const MeshConfig& mesh, const MeshConfig& other, const std::string& path,
                 std::vector<std::string> sets) {
  for (const std::string& set : sets)
    for (const ConfigAxis& axis : kMeshAxes)
      require(!set.starts_with(fmt::format("mesh.{}=", axis.name)),
              "verify: --set {}: the meshes are those of --mesh; give it there", set);
  for (std::string& set : mesh_settings(mesh)) sets.push_back(std::move(set));
  if (mesh.tp_size() == 1 && other.tp_size() > 1) sets.emplace_back("mesh.sequence_parallel=false");
  if (mesh.dp_size() == 1 && other.dp_size() > 1)
    sets.insert(sets.end(), {"data_parallel.shard=none", "data_parallel.wire=f32"});
  return load_run_config(path, sets);
}

void print(const VerifyReport& report) {
  fmt::print("{:<14}{:>8}{:>14}{:>12}\n", "", "names", "comparisons", "worst");
  for (const auto& [kind, row] : report.kinds)
    fmt::print("{:<14}{:>8}{:>14}{:>12.3g}  {}\n", kind, row.names, row.comparisons, row.worst,
               row.where);
  for (const auto& [why, names] : report.uncompared)
    fmt::print("not compared: {} names ({})\n", names, why);
}

}  // namespace

int run_verify(std::span<const std::string> args) { return run_verify(args, {}); }

int run_verify(std::span<const std::string> args, const CompileOptions& compile) {
  const CommandLine line{
      .verb = "verify",
      .summary =
          "Runs a config on two meshes, in threads of this process, and compares every activation, "
          "gradient, update and state by name. Each step begins with the same states; each value "
          "is made from the same operands, and its difference is held against the rounding that "
          "its type and the length of its sum explain. The first that differs by more is named, "
          "with its op; the status is 1 then. Tokens are random unless data.shards is set.",
      .words = {{"CONFIG", "the run to compare"}},
      .options = {set_option(),
                  {"mesh", "MESH", "a mesh such as 1, tp=2 or dp=2,tp=2; given twice", true},
                  {"steps", "N", "updates to compare; default: 2"}},
      .examples = {"configs/gpt-small.yaml --mesh 1 --mesh dp=2,tp=2",
                   "configs/bert-base.yaml --mesh dp=2 --mesh tp=2 --set precision.compute=bf16"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const auto meshes = given->list("mesh");
  require(meshes.size() == 2, "verify: give two meshes to compare, such as --mesh 1 --mesh dp=2");
  const MeshConfig first = mesh_option(meshes[0]), second = mesh_option(meshes[1]);
  const Config a = config_on(first, second, given->text("CONFIG"), given->list("set")),
               b = config_on(second, first, given->text("CONFIG"), given->list("set"));
  const auto ranks = std::max(mesh_of(a).size(), mesh_of(b).size());
  VerifyOptions options{.models = shipped_models()};
  options.steps = given->integer("steps", 2, 1);
  DeviceConfig device = a.device;
  if (device.memory) device.memory->bytes /= ranks;
  options.device =
      make_device(device, static_cast<int>(ranks), std::max<int64_t>(1, available_cores() / ranks));
  options.compile = compile;
  const int64_t vocab = planned_vocab(a);
  // Each rank cuts its part out of a batch when it is fed, so one set of batches serves both
  // meshes.
  options.data = [&]() -> LearnerData {
    if (a.data.is_given()) return open_data(shipped_models(), a);
    return {make_random_batches(shipped_models(), a, vocab), vocab, nullptr};
  };
  const VerifyReport report = verify(a, b, options);
  const std::string both =
      fmt::format("{} against {}", to_string(mesh_of(a)), to_string(mesh_of(b)));
  if (report.found == 0) {
    fmt::print("{}: the same over {} steps, to rounding. Differences as a share of their bound:\n",
               both, options.steps);
    print(report);
    return 0;
  }
  fmt::print("{}: {} values differ; in program order:\n", both, report.found);
  for (const std::string& finding : report.findings) fmt::print("{}\n", finding);
  if (report.found > std::ssize(report.findings))
    fmt::print("… and {} more\n", report.found - std::ssize(report.findings));
  return 1;
}

}  // namespace tessera
