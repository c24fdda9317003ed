// Casts between the pairs of types that are too rare for a vector form.
#pragma once

#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel scalar_cast(const KernelSpec& spec);

}  // namespace tessera::cpu
