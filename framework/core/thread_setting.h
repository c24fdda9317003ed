// The number of threads that the environment asks for: OMP_NUM_THREADS, which batch systems set.
#pragma once

#include <cstdint>
#include <optional>

namespace tessera {

/// The first number in OMP_NUM_THREADS (the standard allows a list, by level of nesting); nullopt
/// when the variable is not set. Throws UserError when the text is not a number of threads.
std::optional<int64_t> threads_of_environment();

}  // namespace tessera
