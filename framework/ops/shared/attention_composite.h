// attention and its gradient from simple ops, with scores and mask written out whole: the reference
// for the tiled kernels.
#pragma once

#include "framework/graph/localize.h"
#include "framework/ops/ops.h"

namespace tessera {

std::vector<Value> attention_composite(Graph& graph, std::span<const Value> in, const Attrs& attrs);
std::vector<Value> attention_grad_composite(Graph& graph, std::span<const Value> in,
                                            const Attrs& attrs);

/// Checks what attention and its gradient demand alike of their operands; throws UserError. `masks`
/// is the position of the first optional operand (AttentionOperands).
void check_attention_operands(TypeSpan in, const Attrs& attrs, size_t masks);

/// The index rule of q (with `share` tagging the heads that share a key), of k and v, and of the
/// operands from the masks on; `masks` is the position of the first of these.
struct AttentionRule {
  std::string q, k, masks;
};
AttentionRule attention_rule(TypeSpan in, const Attrs& attrs, size_t masks,
                             std::string_view share = "r");

/// For attention and its gradient with dropout: the local node with the part (B, H, S, T) of the
/// weights that this rank draws masks for.
std::vector<Value> localize_attention(const LocalizeCall& call);

/// Number of pairs of query and key that the attributes' mask leaves visible (documents and lengths
/// not counted).
double visible_pairs(int64_t queries, int64_t keys, const Attrs& attrs);

}  // namespace tessera
