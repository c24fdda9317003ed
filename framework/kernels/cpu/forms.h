// forms: which attributes the kernels of the CPU take, for whoever makes nodes in forms that only some backends have.
#pragma once

#include <string_view>

#include "framework/core/attrs.h"

namespace tessera::cpu {

/// Whether the kernel of `op` takes these attributes. A dense layer ends with the activations of its list alone.
bool has_form(std::string_view op, const Attrs& attrs);

}  // namespace tessera::cpu
