#include "framework/runtime/compile.h"

#include <algorithm>

#include "framework/core/error_context.h"
#include "framework/graph/op_def.h"
#include "framework/passes/partition.h"
#include "framework/runtime/collectives.h"
#include "framework/runtime/kernels.h"

namespace tessera {
namespace {

CompiledGraph compile_graph(const Graph& source, const DeviceProfile& profile,
                            const KernelLibrary& kernels, const MeshPlace& place,
                            const CompileOptions& options,
                            const std::shared_ptr<Traffic>& exchanged) {
  CompiledGraph out;
  Graph graph = bind_places(source, place.mesh, place.rank);
  Tickets tickets;
  std::vector<TensorType> in, results;  // of a node; their memory serves all nodes
  const auto copy_types = [&](std::span<const ValueId> values, std::vector<TensorType>& to) {
    to.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) to[i] = graph.value(values[i]).type;
  };
  out.kernels.reserve(graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    copy_types(node.inputs, in);
    copy_types(node.outputs, results);
    if (node.op->collective) {
      out.kernels.push_back(prepare_collective({node.op->name, node.attrs, in, results, profile},
                                               graph.value(node.outputs[0]).name, place, tickets,
                                               exchanged));
      continue;
    }
    out.kernels.push_back(in_context(
        [&] {
          return prepare_kernel({node.op->name, node.attrs, in, results, profile}, kernels);
        },
        [&](const char* error) {
          return fmt::format("graph '{}', '{}'{}: {}", graph.name(),
                             graph.value(node.outputs[0]).name,
                             node.where.empty() ? "" : " built at " + node.where, error);
        }));
  }
  if (options.wrap) options.wrap(graph, place, out.kernels);
  out.plan = make_plan(std::move(graph), [&](const Graph&, NodeId id) {
    return out.kernels[static_cast<size_t>(id)].scratch_bytes;
  });
  return out;
}

Compiled compile(Program program, const DeviceProfile& profile, const KernelLibrary& kernels,
                 const MeshPlace& place, const CompileOptions& options) {
  program.verify();
  Compiled out;
  out.profile = profile;
  for (const State& state : program.states()) {
    out.state_offsets.push_back(out.state_bytes);
    out.state_bytes +=
        static_cast<int64_t>((state.type.bytes() + kAlignment - 1) / kAlignment * kAlignment);
  }
  out.graphs.reserve(program.graphs().size());
  for (const Graph& graph : program.graphs()) {
    out.graphs.push_back(compile_graph(graph, profile, kernels, place, options, out.exchanged));
    out.arena_bytes = std::max(out.arena_bytes, out.graphs.back().plan.arena_bytes);
  }
  out.program = std::move(program);
  return out;
}

}  // namespace

const CompiledGraph& Compiled::graph(std::string_view name) const {
  for (const CompiledGraph& g : graphs)
    if (g.plan.graph.name() == name) return g;
  internal_error("the program has no graph '{}'", name);
}

Program expand_for(const Program& program, std::string_view backend) {
  Program out;
  for (const State& state : program.states()) out.declare(state);
  for (const Graph& graph : program.graphs())
    out.add(expand_for(graph, has_kernel_in(kernels_of(backend))));
  return out;
}

Compiled compile(Program program, const Device& device, const MeshPlace& place,
                 const CompileOptions& options) {
  return compile(std::move(program), device.profile(), device.kernels(), place, options);
}

Compiled compile(Program program, const DeviceProfile& profile, const MeshPlace& place,
                 const CompileOptions& options) {
  return compile(std::move(program), profile, kernels_of(profile.backend), place, options);
}

}  // namespace tessera
