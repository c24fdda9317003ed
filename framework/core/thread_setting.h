// The number of threads that the environment asks for: OMP_NUM_THREADS, which batch systems set.
#pragma once

#include <cstdint>
#include <optional>

namespace tessera {

/// Its first number (the standard allows a list, by level of nesting); none where it is not set. UserError for what is no
/// number of threads.
std::optional<int64_t> threads_of_environment();

}  // namespace tessera
