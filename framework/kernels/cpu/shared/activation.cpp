#include "framework/kernels/cpu/shared/activation.h"

#include "framework/core/error.h"

namespace tessera::cpu {

std::optional<Activation> find_activation(std::string_view name) {
  if (name == "none") return Activation::none;
  if (name == "gelu_tanh") return Activation::gelu_tanh;
  if (name == "gelu_erf") return Activation::gelu_erf;
  if (name == "relu") return Activation::relu;
  if (name == "silu") return Activation::silu;
  return std::nullopt;
}

Activation parse_activation(std::string_view name) {
  const auto activation = find_activation(name);
  check(activation.has_value(), "no activation is named '{}'", name);
  return *activation;
}

}  // namespace tessera::cpu
