// An op in a graph of its own: inputs in0, in1, …, outputs out0, …; with gradients also inputs
// dout0, … (the cotangents of float results) and outputs loss and din0, ….
#pragma once

#include "framework/graph/op_def.h"
#include "framework/runtime/evaluate.h"
#include "tests/ops/case.h"

namespace tessera {

DeviceProfile reference_profile();

/// The row of a listed op; a test failure by exception when there is none.
const OpDef& op_of(const std::string& name);

Graph forward_graph(const OpDef& op, std::span<const TensorType> in, const Attrs& attrs);

/// The forward graph with loss = Σ out · dout and its gradient for the operands `wrt`. `loss_of`
/// are the float results that count; empty: all. With `composite` the op is replaced by its
/// composite first.
Graph gradient_graph(const OpDef& op, std::span<const TensorType> in, const Attrs& attrs,
                     const std::vector<size_t>& wrt, const std::vector<size_t>& loss_of = {},
                     bool composite = false);

/// The operands that gradients are asked for.
std::vector<size_t> wrt_of(const Case& c, std::span<const TensorType> in);

struct Drawn {
  std::vector<TensorType> types;
  Tensors inputs;  // in0, …
};
/// The operands of a case.
Drawn draw(const OpCases& op, size_t which, DType real);

/// Adds cotangents for the inputs dout0, … that `graph` has.
void draw_cotangents(const Graph& graph, const std::string& key, Tensors& inputs);

}  // namespace tessera
