// The micro-kernel of the tiled kernels: products of small f32 matrices that lie in cache. Registers hold a tile of the
// result (kTileRows × kTileVectors vectors); each step multiplies a column of A, broadcast, by a row of B. oneDNN's
// primitives would cost a call and a scratch area per tile, and could not limit K by row. Included once per target by
// files that use hwy/foreach_target.h.
#if defined(TESSERA_TILE_PRODUCT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_TILE_PRODUCT_INL_H
#undef TESSERA_TILE_PRODUCT_INL_H
#else
#define TESSERA_TILE_PRODUCT_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Registers: 32 with AVX-512, else 16.
#if HWY_TARGET <= HWY_AVX3
inline constexpr int kTileRows = 6, kTileVectors = 4;
#else
inline constexpr int kTileRows = 6, kTileVectors = 2;
#endif

/// A stored by rows (element (r, k) at r · stride + k), or its transpose (at k · stride + r).
enum class Order { rows, transposed };

template <Order order, bool accumulate, int rows, int vectors>
HWY_INLINE void product_tile(const float* HWY_RESTRICT a, int64_t a_stride,
                             const float* HWY_RESTRICT b, int64_t b_stride, int64_t k,
                             float* HWY_RESTRICT c, int64_t c_stride) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t lanes = hn::MaxLanes(d);
  V sum[rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v)
      sum[r][v] = accumulate ? hn::LoadU(d, c + r * c_stride + v * lanes) : hn::Zero(d);
  for (int64_t i = 0; i < k; ++i) {
    V row[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) row[v] = hn::LoadU(d, b + v * lanes);
    b += b_stride;
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const V x = hn::Set(d, order == Order::rows ? a[r * a_stride] : a[r]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[r][v] = hn::MulAdd(x, row[v], sum[r][v]);
    }
    a += order == Order::rows ? 1 : a_stride;
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) hn::StoreU(sum[r][v], d, c + r * c_stride + v * lanes);
}

template <Order order, bool accumulate, int rows>
HWY_INLINE void product_rows(const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                             int64_t k, float* c, int64_t c_stride, int64_t vectors) {
  constexpr int64_t lanes = hn::MaxLanes(hn::ScalableTag<float>());
  for (; vectors >= kTileVectors; vectors -= kTileVectors) {
    product_tile<order, accumulate, rows, kTileVectors>(a, a_stride, b, b_stride, k, c, c_stride);
    b += kTileVectors * lanes;
    c += kTileVectors * lanes;
  }
  if constexpr (kTileVectors > 2)
    if (vectors == 3)
      return product_tile<order, accumulate, rows, 3>(a, a_stride, b, b_stride, k, c, c_stride);
  if constexpr (kTileVectors > 2)
    if (vectors == 2)
      return product_tile<order, accumulate, rows, 2>(a, a_stride, b, b_stride, k, c, c_stride);
  if (vectors == 1)
    product_tile<order, accumulate, rows, 1>(a, a_stride, b, b_stride, k, c, c_stride);
}

/// c (rows, vectors · lanes) = a · b, or c += a · b. `rows` is at most kTileRows; b's rows are padded to whole vectors.
template <Order order, bool accumulate>
HWY_NOINLINE void product(int64_t rows, const float* a, int64_t a_stride, const float* b,
                          int64_t b_stride, int64_t k, float* c, int64_t c_stride,
                          int64_t vectors) {
  static_assert(kTileRows == 6);
  switch (rows) {
    case 6:
      return product_rows<order, accumulate, 6>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
    case 5:
      return product_rows<order, accumulate, 5>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
    case 4:
      return product_rows<order, accumulate, 4>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
    case 3:
      return product_rows<order, accumulate, 3>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
    case 2:
      return product_rows<order, accumulate, 2>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
    case 1:
      return product_rows<order, accumulate, 1>(a, a_stride, b, b_stride, k, c, c_stride, vectors);
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
