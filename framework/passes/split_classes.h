// Cross-entropy over classes that are split along a mesh axis: each rank looks at its own classes,
// and the ranks exchange two numbers per row: the log-sum-exp of a rank's classes, and the label's
// logit from the rank that holds it.
#pragma once

#include <optional>
#include <utility>

#include "framework/ops/ops.h"

namespace tessera {

/// The axis and the part, from the attributes of a local head_loss: axis, ranks, whole, place.
struct SplitClasses {
  Attrs exchange, part;

  /// nullopt when the classes are not split.
  static std::optional<SplitClasses> of(const Attrs& attrs);

  /// Loss and lse per row, over all classes, from this rank's logits (rows, classes).
  std::pair<Value, Value> cross_entropy(Value logits, Value labels, Value weights) const;

  /// i32 (rows): the class with the largest logit of all classes, the first one among equals.
  Value argmax(Value logits) const;
};

}  // namespace tessera
