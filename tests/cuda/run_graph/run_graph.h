// Runs a graph node by node on the emulated device: as framework/runtime/evaluate.h does it on a
// real backend.
#pragma once

#include "framework/runtime/evaluate.h"
#include "tests/ops/case.h"

namespace tessera {

/// The kernels that the emulator runs, by op; nullptr when there is none.
KernelFactory emulated_kernel(std::string_view op);

/// The cases of the ops that have a kernel here, but for `empty`, which sets nothing.
std::vector<OpCases> cases_of_emulated_kernels();

/// The graph's outputs from its inputs. Ops without a kernel here are replaced by their composites
/// or, where they have none, computed by reference kernels. With `in_place` results take the memory
/// of operands wherever their op allows it.
Tensors evaluate_emulated(const Graph& graph, const Tensors& inputs, bool in_place = false);

}  // namespace tessera
