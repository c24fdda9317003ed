// What the update ops (adamw, sgd) share. Operands, in the order of UpdateOperands: param f32, grad
// f32 or bf16, buffers f32 like param, then the scalars lr f32[], clip_scale f32[], for adamw the
// update's number (an integer), apply bool[], and with attribute copy="bf16" the old bf16 copy of
// param. Results: the new param, buffers and copy, each in the place of the old one. Where apply is
// false nothing changes. (The reference backend has all of it in f64 too.)
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The results' types, from operands that fit.
std::vector<TensorType> infer_update(TypeSpan in, const Attrs& attrs);

/// Every dim of param splits; scalars are whole.
IndexRule update_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// Param, buffers and copy are donated.
std::vector<Alias> update_alias(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
