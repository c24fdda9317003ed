// The positions of the operands behind x and the weight: of a dense layer (`linear`), and of a head
// with its loss (`head_loss`, `head_loss_grad`). Attributes say which operands are there; these
// structs alone decide their order.
#pragma once

#include <cstddef>
#include <optional>

#include "framework/core/attrs.h"

namespace tessera {

struct LinearOperands {
  std::optional<size_t> bias, residual;
  size_t count = 2;

  LinearOperands() = default;
  explicit LinearOperands(const Attrs& attrs) {
    if (attrs.flag("bias")) bias = count++;
    if (attrs.flag("residual")) residual = count++;
  }
};

struct HeadOperands {
  std::optional<size_t> bias;
  size_t labels, weights;
  /// Number of all operands but the cotangent of the loss, which the gradient takes behind them.
  size_t count;

  explicit HeadOperands(const Attrs& attrs) {
    if (attrs.flag("bias")) bias = 2;
    labels = bias ? 3 : 2;
    weights = labels + 1;
    count = weights + 1;
  }
};

}  // namespace tessera
