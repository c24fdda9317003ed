// The rules by which weights follow gradients; docs/numerics.md has the formulas.
#pragma once

#include "framework/core/choice.h"

namespace tessera {

enum class UpdateRule { adamw, sgd };

template <>
inline constexpr auto kChoices<UpdateRule> =
    std::to_array<Choice<UpdateRule>>({{"adamw", UpdateRule::adamw}, {"sgd", UpdateRule::sgd}});

}  // namespace tessera
