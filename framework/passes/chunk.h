// chunk: unrolls the head and its loss over blocks of rows, so that the logits of the whole batch
// never exist. Where the graph has the gradient too, logits, loss, dx and dw of a block are made
// together and nothing is computed twice.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Replaces every head_loss (and its head_loss_grad) by ordinary nodes over blocks of at most
/// `rows` rows, or, where that would be more than 1024 blocks, over 1024 blocks. The gradient's
/// nodes stand where the loss stood; it is an InternalError when the loss's cotangent depends on
/// the loss.
Graph chunk(const Graph& graph, int64_t rows);

/// Whether chunk moves this node of the backward pass to where the loss is made: whether it is a
/// head's gradient.
bool made_beside_loss(const Node& node);

}  // namespace tessera
