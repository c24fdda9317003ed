#include "framework/runtime/evaluate.h"

#include "framework/graph/op_def.h"
#include "framework/runtime/kernels.h"

namespace tessera {

Tensors evaluate(const Graph& source, const Tensors& inputs, const DeviceProfile& profile) {
  const KernelLibrary& kernels = kernels_of(profile.backend);
  const Graph graph = expand_for(source, has_kernel_in(kernels));
  std::vector<Tensor> values(graph.values().size());
  for (const Port& port : graph.inputs()) {
    auto it = inputs.find(port.name);
    require(it != inputs.end(), "input '{}' of graph '{}' is missing", port.name, graph.name());
    const TensorType& type = graph.value(port.value).type;
    require(it->second.type() == type, "input '{}' is {}, not {}", port.name,
            to_string(it->second.type()), to_string(type));
    values[static_cast<size_t>(port.value)] = it->second;
  }
  for (const Node& node : graph.nodes()) {
    std::vector<TensorType> in, out;
    std::vector<void*> in_bytes, out_bytes;
    for (ValueId v : node.inputs) {
      in.push_back(graph.value(v).type);
      in_bytes.push_back(values[static_cast<size_t>(v)].bytes());
    }
    for (ValueId v : node.outputs) {
      out.push_back(graph.value(v).type);
      values[static_cast<size_t>(v)] = Tensor(out.back());
    }
    if (node.op->alias)
      for (const Alias& alias : node.op->alias(in, out, node.attrs))
        // The kernel works in place: it gets a copy to work on.
        if (alias.kind == Alias::Kind::donate) {
          Tensor& target =
              values[static_cast<size_t>(node.outputs[static_cast<size_t>(alias.result)])];
          std::memcpy(target.bytes(), in_bytes[static_cast<size_t>(alias.input)], target.size());
          in_bytes[static_cast<size_t>(alias.input)] = target.bytes();
        }
    for (ValueId v : node.outputs) out_bytes.push_back(values[static_cast<size_t>(v)].bytes());
    const Kernel kernel = prepare_kernel({node.op->name, node.attrs, in, out, profile}, kernels);
    std::vector<std::byte> scratch(kernel.scratch_bytes + kAlignment);
    void* at = scratch.data();
    size_t space = scratch.size();
    at = std::align(kAlignment, kernel.scratch_bytes, at, space);
    kernel.run({in_bytes.data(), out_bytes.data(), at});
  }
  Tensors results;
  for (const Port& port : graph.outputs())
    results[port.name] = values[static_cast<size_t>(port.value)];
  return results;
}

}  // namespace tessera
