// Helpers of ops over rows of classes: logits [rows…, V] and a label for each row.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The shape [rows…] of the logits that have these labels; throws UserError when the two do not
/// fit each other.
Shape class_rows(const TensorType& logits, const TensorType& labels);

/// `x` [rows…] as [rows…, 1].
Value column(Value x);

}  // namespace tessera
