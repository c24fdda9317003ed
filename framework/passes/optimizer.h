// optimizer: computes the new values of all parameters from their gradients, as graph nodes: the
// global norm, the clipping scale, the predicate that skips a step which is not finite, the
// schedule, and one sweep per parameter.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/core/schedule.h"
#include "framework/core/update_rule.h"
#include "framework/graph/program.h"

namespace tessera {

struct Optimizer {
  UpdateRule type = UpdateRule::adamw;
  double beta1 = 0.9, beta2 = 0.95, eps = 1e-8, momentum = 0;
  double clip_norm = 1;  // 0: no clipping
  Schedule schedule;     // schedule of the learning rate
};

/// One parameter to update: its state's name, its gradient in the graph, and its own decay.
struct Update {
  std::string parameter;
  Value gradient;
  double weight_decay = 0;
};

/// Appends the update of all parameters. The graph gains the states "step" (i64 [], updates done so
/// far) and, by parameter, "NAME@m" and "NAME@v" ("NAME@momentum" for sgd with momentum), and the
/// data outputs grad_norm, learning_rate f32 [] and applied bool []. A gradient that is not finite
/// leaves every state as it is.
void add_optimizer(Graph& graph, const Optimizer& optimizer, std::span<const Update> updates);

/// Declares the states that add_optimizer uses for these parameters.
void declare_optimizer_states(Program& program, const Optimizer& optimizer,
                              std::span<const State> parameters);

}  // namespace tessera
