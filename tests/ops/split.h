// What sharding will do to an op, on the host and without a communicator: cut operands along one
// index of its rule, run each part, put the results together.
#pragma once

#include "framework/graph/index_rule.h"
#include "framework/runtime/tensor.h"

namespace tessera {

/// The type of one of `parts` equal parts along index `index`; the same type where the operand does
/// not have it.
TensorType part_type(const TensorType& type, const IndexRule& rule, const IndexRule::Operand& dims,
                     int index, int64_t parts);

/// Part `which` of the whole tensor. A dim that is made of several indices is cut along `index`
/// inside it.
Tensor take_part(const Tensor& whole, const IndexRule& rule, const IndexRule::Operand& dims,
                 int index, int64_t parts, int64_t which);

/// Writes a part into the whole tensor.
void put_part(const Tensor& part, Tensor& whole, const IndexRule& rule,
              const IndexRule::Operand& dims, int index, int64_t parts, int64_t which);

/// Whether the operand has this index.
bool has_index(const IndexRule::Operand& dims, int index);

}  // namespace tessera
