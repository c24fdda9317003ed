#include "framework/assembly/layouts.h"

#include <algorithm>

#include "framework/config/parse.h"

namespace tessera {
namespace {

using Shard = DataParallelConfig::Shard;

constexpr int64_t kSmall = 1024;  // elements: not worth a message of their own

}  // namespace

Mesh mesh_of(const Config& config) {
  std::vector<MeshAxis> axes;
  if (config.mesh.dp_size() > 1) axes.push_back({"dp", config.mesh.dp_size()});
  if (config.mesh.tp_size() > 1) axes.push_back({"tp", config.mesh.tp_size()});
  return Mesh(std::move(axes));
}

Config resolve_mesh(Config config, int64_t ranks) {
  MeshConfig& mesh = config.mesh;
  const int64_t stated = mesh.dp_size() * mesh.tp_size();
  require(ranks % stated == 0 && (ranks == stated || !mesh.dp || !mesh.tp),
          "mesh.dp = {} and mesh.tp = {} do not make up the {} rank{} of this run; start it on {} "
          "of them (launch/run -n), or change the mesh",
          mesh.dp ? std::to_string(*mesh.dp) : "auto", mesh.tp ? std::to_string(*mesh.tp) : "auto",
          ranks, ranks == 1 ? "" : "s", stated);
  if (!mesh.dp) mesh.dp = ranks / stated;
  if (!mesh.tp) mesh.tp = ranks / stated;
  check_config(config);
  return config;
}

Layout sharded_layout(const Shape& shape, const Layout& compute, const Mesh& mesh) {
  Layout out = compute;
  const auto& axes = mesh.axes();
  const auto dp = std::find_if(axes.begin(), axes.end(), [](auto& a) { return a.name == "dp"; });
  if (dp == axes.end() || numel(shape) < kSmall) return out;
  // The outermost dim that can: its parts lie together, so that nothing is copied to send them.
  for (size_t d = 0; d < shape.size(); ++d) {
    out.split[d].push_back(static_cast<AxisId>(dp - axes.begin()));
    if (divides(shape, out, mesh)) return out;
    out.split[d].pop_back();
  }
  return out;
}

ShardWishes wishes_of(const ModelLayout& model, const Config& config, const Mesh& mesh,
                      const Program& program, const std::vector<Parameter>& parameters) {
  const Shard shard = config.data_parallel.shard;
  const bool every_step = config.batch.accumulate == 1 || shard >= Shard::gradients;
  ShardWishes out;
  out.wire = config.data_parallel.wire;
  for (const Parameter& p : parameters) {
    const Layout compute =
        find_layout(model.parameters, p.name, mesh).value_or(Layout::whole(p.shape.size()));
    const Layout split = shard == Shard::none ? compute : sharded_layout(p.shape, compute, mesh);
    const std::string copy = p.name + "@bf16", gradient = p.name + "@grad";
    const bool copied = program.find_state(copy) != nullptr;
    // What is computed with is whole over dp unless parameters are sharded; a master beside a copy is optimizer state.
    const Layout& stored = shard == Shard::parameters ? split : compute;
    out.states[p.name] = copied ? split : stored;
    out.states[copy] = stored;
    out.uses[p.name] = out.uses[copy] = compute;
    for (const char* moment : {"@m", "@v", "@momentum"}) out.states[p.name + moment] = split;
    if (every_step) out.gradients[p.name] = split;
    if (shard >= Shard::gradients)
      out.states[gradient] = split;
    else
      out.gradients[gradient] = split;
  }
  for (const State& state : program.states())
    if (state.kind == StateKind::counter || state.type.shape.empty())
      out.states[state.name] = Layout::whole(state.type.shape.size());
  out.named = [values = model.values, mesh](const std::string& name) {
    return find_layout(values, name, mesh);
  };
  return out;
}

}  // namespace tessera
