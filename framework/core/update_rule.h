// How weights follow gradients; formulas in docs/numerics.md.
#pragma once

#include "framework/core/choice.h"

namespace tessera {

enum class UpdateRule { adamw, sgd };

template <>
inline constexpr auto kChoices<UpdateRule> =
    std::to_array<Choice<UpdateRule>>({{"adamw", UpdateRule::adamw}, {"sgd", UpdateRule::sgd}});

}  // namespace tessera
