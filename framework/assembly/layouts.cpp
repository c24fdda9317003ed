#include "framework/assembly/layouts.h"

#include <algorithm>

#include "framework/config/mesh_axes.h"
#include "framework/config/parse.h"

namespace tessera {
namespace {

using Shard = DataParallelConfig::Shard;

constexpr int64_t kSmall = 1024;  // elements; fewer are not worth a message of their own

}  // namespace

Mesh mesh_of(const Config& config) {
  std::vector<MeshAxis> axes;
  for (const ConfigAxis& axis : kMeshAxes)
    if (const int64_t size = (config.mesh.*axis.size).value_or(1); size > 1)
      axes.push_back({std::string(axis.name), size});
  return Mesh(std::move(axes));
}

MeshConfig resolve_sizes(MeshConfig mesh, int64_t ranks) {
  int64_t stated = 1;
  bool open = false;
  std::string sizes;
  for (const ConfigAxis& axis : kMeshAxes) {
    const std::optional<int64_t>& size = mesh.*axis.size;
    stated *= size.value_or(1);
    open = open || !size;
    sizes += fmt::format("{}mesh.{} = {}", sizes.empty() ? "" : " and ", axis.name,
                         size ? std::to_string(*size) : "auto");
  }
  require(ranks % stated == 0 && (ranks == stated || open),
          "{} do not make up the {} rank{} of this run; start it on {} of them (launch/run -n), or "
          "change the mesh",
          sizes, ranks, ranks == 1 ? "" : "s", stated);
  for (const ConfigAxis& axis : kMeshAxes)
    if (std::optional<int64_t>& size = mesh.*axis.size; !size) size = ranks / stated;
  return mesh;
}

Config resolve_mesh(Config config, int64_t ranks) {
  const bool stated_dp = config.mesh.dp.has_value();
  config.mesh = resolve_sizes(config.mesh, ranks);
  // One data parallel rank divides nothing and sends nothing.
  if (!stated_dp && config.mesh.dp == 1) config.data_parallel = {};
  check_config(config);
  return config;
}

void check_notes(const ModelLayout& model, const Program& program,
                 const std::vector<Parameter>& parameters) {
  const auto check_list = [](const std::vector<LayoutNote>& notes, const char* what,
                             const auto& fits_one) {
    for (const LayoutNote& note : notes) {
      for (const std::string& axis : axes_named(note.layout))
        check(find_mesh_axis(axis) != nullptr,
              "the model's layout lays '{}' out as {}: there is no axis '{}', but {}", note.name,
              note.layout, axis, mesh_axes_text());
      check(fits_one(note),
            "the model's layout has a note on '{}', which fits no {}; `tessera plan CONFIG --after "
            "model --graph step` shows their names",
            note.name, what);
    }
  };
  check_list(model.parameters, "parameter of the model", [&](const LayoutNote& note) {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const Parameter& p) { return matches(p.name, note.name); });
  });
  check_list(model.values, "input or value of its graphs", [&](const LayoutNote& note) {
    for (const Graph& graph : program.graphs())
      for (const auto& value : graph.values())
        if (matches(value.name, note.name)) return true;
    return false;
  });
}

Layout sharded_layout(const Shape& shape, const Layout& compute, const Mesh& mesh) {
  Layout out = compute;
  const auto& axes = mesh.axes();
  const auto dp =
      std::find_if(axes.begin(), axes.end(), [](auto& a) { return a.name == kDataAxis.name; });
  if (dp == axes.end() || numel(shape) < kSmall) return out;
  // The outermost dim that divides is split: its parts lie together, so that nothing is copied to
  // send them.
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
  if (mesh.size() == 1) return out;  // nothing is split
  out.wire = config.data_parallel.wire;
  for (const Parameter& p : parameters) {
    const Layout compute =
        find_layout(model.parameters, p.name, mesh).value_or(Layout::whole(p.shape.size()));
    const Layout split = shard == Shard::none ? compute : sharded_layout(p.shape, compute, mesh);
    const std::string copy = p.name + "@bf16", gradient = p.name + "@grad";
    const bool copied = program.find_state(copy) != nullptr;
    // What is computed with is whole over dp unless parameters are sharded; a master beside a copy
    // is optimizer state.
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
