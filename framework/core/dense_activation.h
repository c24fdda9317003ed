// DenseActivation: the activations that a dense layer (`linear`) can end with, and the names by
// which its attribute `activation` calls them.
#pragma once

#include "framework/core/attrs.h"
#include "framework/core/choice.h"
#include "framework/core/error.h"

namespace tessera {

enum class DenseActivation { none, gelu_tanh, gelu_erf, relu, silu };

template <>
inline constexpr auto kChoices<DenseActivation> =
    std::to_array<Choice<DenseActivation>>({{"none", DenseActivation::none},
                                            {"gelu_tanh", DenseActivation::gelu_tanh},
                                            {"gelu_erf", DenseActivation::gelu_erf},
                                            {"relu", DenseActivation::relu},
                                            {"silu", DenseActivation::silu}});

/// The activation that the attributes of a dense layer name, or `none` where they name none; throws
/// InternalError when the name is unknown.
inline DenseActivation dense_activation(const Attrs& attrs) {
  if (!attrs.has("activation")) return DenseActivation::none;
  const std::string& name = attrs.text("activation");
  const auto activation = choice_of<DenseActivation>(name);
  check(activation.has_value(), "no activation is named '{}'", name);
  return *activation;
}

}  // namespace tessera
