// Sums over rows with the same bits for any number of threads: rows are cut into a grid of chunks
// that depends on their number alone, each chunk is summed by one thread, and the chunks' sums are
// added in order.
#pragma once

#include <cstdint>

namespace tessera::cpu {

struct RowChunks {
  int64_t rows, count;

  explicit RowChunks(int64_t rows)
      : rows(rows), count((rows + 15) / 16 < 64 ? (rows + 15) / 16 : 64) {}
  int64_t begin(int64_t chunk) const { return rows * chunk / count; }
};

/// out[i] = sum over c of sums[c · stride + i], for i in [0, n).
void add_chunks(const float* sums, int64_t count, int64_t stride, int64_t n, float* out);

}  // namespace tessera::cpu
