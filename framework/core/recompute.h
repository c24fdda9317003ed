// What the backward pass computes again instead of holding it: a choice of the config, which the
// pass `recompute` carries out and which a run that does not fit is told about.
#pragma once

#include "framework/core/choice.h"

namespace tessera {

enum class Recompute {
  /// Hold everything.
  none,
  /// Hold results of matrix products, attention and residual additions; remake norms, activations
  /// and the like.
  selective,
  /// Hold the inputs of each layer only; remake the layer.
  full,
};

template <>
inline constexpr auto kChoices<Recompute> = std::to_array<Choice<Recompute>>(
    {{"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}});

}  // namespace tessera
