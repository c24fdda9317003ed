#include "tests/cuda/run_graph/run_graph.h"

#include <cstring>

#include "framework/graph/op_def.h"
#include "framework/runtime/kernels.h"
#include "tests/cuda/emulator/machine.h"

namespace tessera {

namespace cuda {
#define TESSERA_CUDA_KERNEL(op) Kernel make_##op(const KernelSpec& spec);
#include "framework/kernels/cuda/ops.def"
#undef TESSERA_CUDA_KERNEL
}  // namespace cuda

KernelFactory emulated_kernel(std::string_view op) {
#define TESSERA_CUDA_KERNEL(name) \
  if (op == #name) return &cuda::make_##name;
#include "framework/kernels/cuda/ops.def"
#undef TESSERA_CUDA_KERNEL
  return nullptr;
}

std::vector<OpCases> cases_of_emulated_kernels() {
  std::vector<OpCases> cases;
  for (const OpCases& op : registered_cases())
    if (emulated_kernel(op.op) && op.op != "empty") cases.push_back(op);
  return cases;
}

namespace {

void* allocate(const std::string& name, const TensorType& type, const void* bytes) {
  void* at = emulator::allocate(name, type.bytes(), size_of(type.dtype), bytes != nullptr);
  if (bytes) std::memcpy(at, bytes, type.bytes());
  return at;
}

/// Runs a node whose operands lie at `in`; gives where its results lie.
std::vector<void*> run_node(const Node& node, const std::vector<TensorType>& in_types,
                            const std::vector<TensorType>& out_types, std::vector<void*> in,
                            bool in_place) {
  std::vector<void*> out(out_types.size());
  if (node.op->alias)
    for (const Alias& alias : node.op->alias(in_types, out_types, node.attrs)) {
      const auto r = static_cast<size_t>(alias.result), k = static_cast<size_t>(alias.input);
      const bool taken =
          alias.kind == Alias::Kind::donate || (in_place && alias.kind == Alias::Kind::in_place);
      if (!taken || out[r]) continue;
      out[r] = in[k] = allocate(fmt::format("out{}", r), out_types[r], in[k]);
    }
  for (size_t r = 0; r < out.size(); ++r)
    if (!out[r]) out[r] = allocate(fmt::format("out{}", r), out_types[r], nullptr);
  const DeviceProfile profile;
  const KernelSpec spec{node.op->name, node.attrs, in_types, out_types, profile};
  const KernelFactory factory = emulated_kernel(node.op->name);
  const Kernel kernel = factory ? factory(spec) : prepare_kernel(spec, reference_kernels());
  const size_t scratch = (kernel.scratch_bytes + 3) / 4 * 4;
  kernel.run({in.data(), out.data(), emulator::allocate("scratch", scratch, 4, false)});
  return out;
}

}  // namespace

Tensors evaluate_emulated(const Graph& source, const Tensors& inputs, bool in_place) {
  const Graph graph = expand_for(source, [](const OpDef& op, const Attrs&) {
    return emulated_kernel(op.name) != nullptr || op.composite == nullptr;
  });
  std::vector<void*> values(graph.values().size());
  for (const Port& port : graph.inputs()) {
    const TensorType& type = graph.value(port.value).type;
    values[static_cast<size_t>(port.value)] =
        allocate(port.name.str(), type, inputs.at(port.name).bytes());
  }
  for (const Node& node : graph.nodes()) {
    std::vector<TensorType> in, out;
    std::vector<void*> operands;
    for (ValueId v : node.inputs) {
      in.push_back(graph.value(v).type);
      operands.push_back(values[static_cast<size_t>(v)]);
    }
    for (ValueId v : node.outputs) out.push_back(graph.value(v).type);
    const auto results = run_node(node, in, out, operands, in_place);
    for (size_t r = 0; r < results.size(); ++r)
      values[static_cast<size_t>(node.outputs[r])] = results[r];
  }
  Tensors results;
  for (const Port& port : graph.outputs()) {
    Tensor& result = results[port.name] = Tensor(graph.value(port.value).type);
    std::memcpy(result.bytes(), values[static_cast<size_t>(port.value)], result.type().bytes());
  }
  emulator::release_all();
  return results;
}

}  // namespace tessera
