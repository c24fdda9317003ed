// The operations by which values that several ranks hold become one.
#pragma once

namespace tessera {

enum class Reduction { sum, max };

}  // namespace tessera
