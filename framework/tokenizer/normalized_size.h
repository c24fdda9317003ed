// How long a normalized text may be. Unicode's forms make 18 characters of one at most; a file of rules
// could make megabytes of one, or double a text again and again.
#pragma once

#include <cstddef>

namespace tessera {

/// The most bytes that a text of so many may become.
constexpr size_t most_normalized(size_t bytes) { return bytes * 64 + (size_t{1} << 20); }

}  // namespace tessera
