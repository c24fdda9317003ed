// head_loss: the last dense layer and its cross-entropy in one: Σ_i weights_i · (lse_i -
// logits_i[label_i]) with logits = x · Wᵀ + bias. It is one op because the logits are the
// largest tensor of a language model and need never exist whole: the pass `chunk` unrolls op and
// gradient together over blocks of rows.
#pragma once

#include "framework/graph/localize.h"
#include "framework/ops/ops.h"

namespace tessera {

/// The loss, a scalar f32, of x (N, D), weight (V, D), bias (V) or an empty Value, labels i32 (N)
/// (negative: ignored) and weights f32 (N).
Value head_loss(Value x, Value weight, Value bias, Value labels, Value weights,
                std::string_view name = "loss");

/// The loss, and i32 (N): the class of the largest logit of each row, from the same logits.
struct Prediction {
  Value loss, classes;
};
Prediction head_prediction(Value x, Value weight, Value bias, Value labels, Value weights,
                           std::string_view name = "loss");

/// The local form of the loss and of its gradient where the classes are split along one axis:
/// attributes axis and ranks, and whole and place of the classes, from which `chunk` makes the
/// exchange.
std::vector<Value> add_split_head(const LocalizeCall& call);

}  // namespace tessera
