#include "framework/kernels/cpu/shared/indices.h"

#include "framework/core/error.h"

namespace tessera::cpu {

void check_indices(std::string_view op, const int32_t* indices, int64_t n, int64_t size) {
  for (int64_t i = 0; i < n; ++i)
    require(indices[i] >= 0 && indices[i] < size, "{}: index {} at place {} is not in [0, {})", op,
            indices[i], i, size);
}

}  // namespace tessera::cpu
