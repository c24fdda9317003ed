#include "framework/ops/shared/class_rows.h"

namespace tessera {

Shape class_rows(const TensorType& logits, const TensorType& labels) {
  require(is_float(logits.dtype) && logits.rank() > 0,
          "logits are floats with classes last, not {}", logits);
  const Shape rows(logits.shape.begin(), logits.shape.end() - 1);
  require(labels == TensorType{DType::i32, rows}, "labels of logits {} are i32{}, not {}", logits,
          to_string(rows), labels);
  return rows;
}

Value column(Value x) {
  Shape shape = x.shape();
  shape.push_back(1);
  return ops::reshape(x, {{"shape", shape}});
}

}  // namespace tessera
