// Index tensors come from data, so they are checked before they are used as places in memory.
#pragma once

#include <cstdint>
#include <string_view>

namespace tessera::cpu {

/// Throws a UserError that names `op`, the place and the index when one of `n` indices is not in
/// [0, size).
void check_indices(std::string_view op, const int32_t* indices, int64_t n, int64_t size);

}  // namespace tessera::cpu
