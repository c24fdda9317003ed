// forms: which attributes the kernels of the CPU take. Passes that make nodes in forms that only
// some backends have ask has_form.
#pragma once

#include <string_view>

#include "framework/core/attrs.h"

namespace tessera::cpu {

/// Whether the kernel of `op` takes these attributes. A dense layer can end only with the
/// activations in activation.h.
bool has_form(std::string_view op, const Attrs& attrs);

}  // namespace tessera::cpu
