// What ops over rows of classes share: logits [rows…, V] and a label for each row.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The rows of logits that have these labels; UserError when they do not fit each other.
Shape class_rows(const TensorType& logits, const TensorType& labels);

/// [rows…] as [rows…, 1].
Value column(Value x);

}  // namespace tessera
