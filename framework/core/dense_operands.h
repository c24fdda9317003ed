// DenseOperands: where the operands of a dense layer (`linear`) and of a head with its loss (`head_loss`, `head_loss_grad`)
// stand, behind x and the weight. Attributes say which are there; their order is decided here alone.
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
  size_t count;  // without the cotangent of the loss, which the gradient has behind them

  explicit HeadOperands(const Attrs& attrs) {
    if (attrs.flag("bias")) bias = 2;
    labels = bias ? 3 : 2;
    weights = labels + 1;
    count = weights + 1;
  }
};

}  // namespace tessera
