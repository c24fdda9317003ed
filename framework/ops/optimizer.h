// What the update ops (adamw, sgd) share: operands param f32, grad f32 or bf16, `buffers` f32 like param, then scalars lr
// f32[], clip_scale f32[], …, apply bool[], and with attribute copy="bf16" the old bf16 copy of param last. Results: the new
// param, buffers and copy, each in the place of the old one. Where apply is false nothing changes.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// Checks operands against `scalars` (types of the scalar operands in order) and gives the results' types.
std::vector<TensorType> infer_update(TypeSpan in, const Attrs& attrs, size_t buffers,
                                     TypeSpan scalars);

/// Every dim of param splits; scalars are whole.
IndexRule update_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// Param, buffers and copy are donated.
std::vector<Alias> update_alias(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
