#include "framework/kernels/cpu/shared/strided_copy.h"

#include <algorithm>
#include <cstring>

#include "framework/core/threads.h"
#include "framework/kernels/cpu/shared/copy_bytes.h"

namespace tessera::cpu {

StridedCopy::StridedCopy(const Shape& shape, const Shape& strides, DType dtype)
    : element_bytes_(size_of(dtype)) {
  std::vector<Dim> dims;  // innermost first
  int64_t dense = 1;
  for (size_t d = shape.size(); d-- > 0; dense *= shape[d]) {
    if (shape[d] == 1) continue;
    if (!dims.empty() && strides[d] == dims.back().from * dims.back().size)
      dims.back().size *= shape[d];
    else
      dims.push_back({shape[d], strides[d], dense});
  }
  if (dims.empty()) return;
  row_ = dims.front();
  dims.erase(dims.begin());
  if (row_.from != 1) {
    const auto found =
        std::find_if(dims.begin(), dims.end(), [](const Dim& d) { return d.from == 1; });
    if (found != dims.end()) {
      other_ = *found;
      dims.erase(found);
    }
  }
  outer_.assign(dims.rbegin(), dims.rend());
  for (const Dim& d : outer_) outer_count_ *= d.size;
}

std::pair<int64_t, int64_t> StridedCopy::outer_at(int64_t i) const {
  int64_t from = 0, to = 0;
  for (size_t d = outer_.size(); d-- > 0;) {
    const int64_t at = i % outer_[d].size;
    i /= outer_[d].size;
    from += at * outer_[d].from;
    to += at * outer_[d].to;
  }
  return {from, to};
}

template <typename T>
void StridedCopy::run_rows(const T* from, T* to) const {
  const int64_t length = row_.size;
  parallel_for(outer_count_ * length, 65536, [&](int64_t begin, int64_t end, int) {
    while (begin < end) {
      const int64_t first = begin % length, n = std::min(end - begin, length - first);
      const auto [source, target] = outer_at(begin / length);
      const T* x = from + source + first * row_.from;
      T* y = to + target + first;
      if (row_.from == 1)
        std::memcpy(y, x, static_cast<size_t>(n) * sizeof(T));
      else
        for (int64_t i = 0; i < n; ++i) y[i] = x[i * row_.from];
      begin += n;
    }
  });
}

/// Copies blocks of 32 × 32 by way of a small buffer: every cache line of either side is touched
/// once, also where a power of two between lines lets few of them stay in the cache.
template <typename T>
void StridedCopy::run_blocks(const T* from, T* to) const {
  constexpr int64_t kBlock = 32;
  const int64_t blocks = (other_.size + kBlock - 1) / kBlock;
  const int64_t grain = std::max<int64_t>(1, 65536 / (kBlock * row_.size));
  parallel_for(outer_count_ * blocks, grain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const auto [source, target] = outer_at(i / blocks);
      const int64_t o0 = i % blocks * kBlock, o1 = std::min(o0 + kBlock, other_.size);
      for (int64_t r0 = 0; r0 < row_.size; r0 += kBlock) {
        const int64_t r1 = std::min(r0 + kBlock, row_.size);
        T block[kBlock][kBlock];
        for (int64_t r = r0; r < r1; ++r) {
          const T* x = from + source + r * row_.from;
          for (int64_t o = o0; o < o1; ++o) block[o - o0][r - r0] = x[o];
        }
        for (int64_t o = o0; o < o1; ++o)
          std::memcpy(to + target + o * other_.to + r0, block[o - o0],
                      static_cast<size_t>(r1 - r0) * sizeof(T));
      }
    }
  });
}

void StridedCopy::run(const void* from, void* to) const {
  dispatch_size(element_bytes_, [&]<typename T>(Tag<T>) {
    if (other_.size > 1)
      run_blocks(static_cast<const T*>(from), static_cast<T*>(to));
    else
      run_rows(static_cast<const T*>(from), static_cast<T*>(to));
  });
}

}  // namespace tessera::cpu
