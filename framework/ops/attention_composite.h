// attention and its gradient from simple ops, scores and mask written out whole: the reference for the tiled kernels.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

std::vector<Value> attention_composite(Graph& graph, std::span<const Value> in, const Attrs& attrs);
std::vector<Value> attention_grad_composite(Graph& graph, std::span<const Value> in,
                                            const Attrs& attrs);

/// Demands on q, k, v shared by attention and its gradient; throws UserError.
void check_attention_operands(TypeSpan in, const Attrs& attrs);

/// Pairs of query and key that the attributes' mask leaves visible (documents and lengths not counted).
double visible_pairs(int64_t queries, int64_t keys, const Attrs& attrs);

}  // namespace tessera
