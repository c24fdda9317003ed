// UpdateOperands: the positions of operands and results of the update ops (`adamw`, `sgd`).
// Attributes say which of them are there; this struct alone decides their order, for the ops and
// their kernels.
#pragma once

#include <cstddef>
#include <optional>

#include "framework/core/attrs.h"

namespace tessera {

struct UpdateOperands {
  /// Buffers are what the op carries from one update to the next beside the parameter: adamw's m
  /// and v, the momentum of sgd if it has one. They are operands from `first_buffer` on, and
  /// results from `first_result` on.
  size_t parameter = 0, gradient = 1, first_buffer = 2, first_result = 1;
  size_t buffers;  // how many there are
  size_t learning_rate, clip_scale;
  std::optional<size_t> number;  // of the update, for adamw
  size_t apply;
  std::optional<size_t> copy, copy_result;  // the bf16 copy, with the attribute copy="bf16"
  size_t count;                             // number of all operands

  explicit UpdateOperands(const Attrs& attrs) {
    const bool sgd = attrs.has("momentum");
    buffers = !sgd ? 2 : attrs.real("momentum") > 0 ? 1 : 0;
    count = first_buffer + buffers;
    learning_rate = count++;
    clip_scale = count++;
    if (!sgd) number = count++;
    apply = count++;
    if (!attrs.has("copy")) return;
    copy = count++;
    copy_result = first_result + buffers;
  }
};

}  // namespace tessera
