// The activations that a dense layer can end with.
#pragma once

#include <optional>
#include <string_view>

namespace tessera::cpu {

enum class Activation { none, gelu_tanh, gelu_erf, relu, silu };

/// The activation called `name`, if there is one.
std::optional<Activation> find_activation(std::string_view name);

/// The activation that an op's attribute names; throws InternalError when there is none of that
/// name.
Activation parse_activation(std::string_view name);

}  // namespace tessera::cpu
