// The micro-kernel of the tiled kernels: products of small matrices that lie in cache, summed in
// f32. Registers hold a tile of the result (kTileRows × kTileVectors vectors); each step
// multiplies a column of A, broadcast, by a row of B. oneDNN's primitives would cost a call and a
// scratch area per tile, and could not limit K by row. Included once per target by files that use
// hwy/foreach_target.h.
//
// An element is a float, or, where kMultipliesPairs holds and the processor has avx512_bf16, a
// Pair: two bf16 factors of consecutive K in one word, the earlier one in the lower half; `k` and
// the strides of A and B then count pairs.
#if defined(TESSERA_TILE_PRODUCT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_TILE_PRODUCT_INL_H
#undef TESSERA_TILE_PRODUCT_INL_H
#else
#define TESSERA_TILE_PRODUCT_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#undef TESSERA_MULTIPLIES_PAIRS
#if HWY_TARGET == HWY_AVX3
#include <immintrin.h>
#define TESSERA_MULTIPLIES_PAIRS 1
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512bf16")
#else
#define TESSERA_MULTIPLIES_PAIRS 0
HWY_BEFORE_NAMESPACE();
#endif
namespace tessera::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// There are 32 registers with AVX-512, otherwise 16.
#if HWY_TARGET <= HWY_AVX3
inline constexpr int kTileRows = 6, kTileVectors = 4;
#else
inline constexpr int kTileRows = 6, kTileVectors = 2;
#endif

using Pair = uint32_t;
inline constexpr bool kMultipliesPairs = TESSERA_MULTIPLIES_PAIRS;

/// `sum` plus a vector of B times an element of A.
template <class D>
HWY_INLINE hn::Vec<D> add_product(D d, float a, const float* b, hn::Vec<D> sum) {
  return hn::MulAdd(hn::Set(d, a), hn::LoadU(d, b), sum);
}
#if TESSERA_MULTIPLIES_PAIRS
template <class D>
HWY_INLINE hn::Vec<D> add_product(D, Pair a, const Pair* b, hn::Vec<D> sum) {
  const auto x = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(a)));
  const auto y = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b));
  return hn::Vec<D>{_mm512_dpbf16_ps(sum.raw, x, y)};
}

/// Rounds two vectors of floats to nearest even: x goes to the lower halves of the words, y to the
/// upper halves.
HWY_INLINE __m512i paired(__m512 x, __m512 y) {
  const auto low = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
  const auto high = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(y)));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/// Makes n pairs of neighbours from a row of 2n floats, n a multiple of 16.
HWY_NOINLINE inline void pair_neighbours(const float* from, int64_t n, Pair* to) {
  for (int64_t i = 0; i < n; i += 16) {
    const __m512 low = _mm512_loadu_ps(from + 2 * i), high = _mm512_loadu_ps(from + 2 * i + 16);
    _mm512_storeu_si512(to + i, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)));
  }
}

/// Makes n pairs from two rows of n floats, n a multiple of 16.
HWY_NOINLINE inline void pair_rows(const float* x, const float* y, int64_t n, Pair* to) {
  for (int64_t i = 0; i < n; i += 16)
    _mm512_storeu_si512(to + i, paired(_mm512_loadu_ps(x + i), _mm512_loadu_ps(y + i)));
}
#else
// Declared for templates that never call these functions here.
void pair_neighbours(const float* from, int64_t n, Pair* to);
void pair_rows(const float* x, const float* y, int64_t n, Pair* to);
#endif

/// Whether A is stored by rows (element (r, k) at r · stride + k), or as its transpose (at k ·
/// stride + r).
enum class Order { rows, transposed };

template <Order order, bool accumulate, int rows, int vectors, class E>
HWY_INLINE void product_tile(const E* HWY_RESTRICT a, int64_t a_stride, const E* HWY_RESTRICT b,
                             int64_t b_stride, int64_t k, float* HWY_RESTRICT c, int64_t c_stride) {
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
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const E x = order == Order::rows ? a[r * a_stride] : a[r];
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[r][v] = add_product(d, x, b + v * lanes, sum[r][v]);
    }
    a += order == Order::rows ? 1 : a_stride;
    b += b_stride;
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) hn::StoreU(sum[r][v], d, c + r * c_stride + v * lanes);
}

template <Order order, bool accumulate, int rows, class E>
HWY_INLINE void product_rows(const E* a, int64_t a_stride, const E* b, int64_t b_stride, int64_t k,
                             float* c, int64_t c_stride, int64_t vectors) {
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

/// Computes c (rows, vectors · lanes) = a · b, or c += a · b. `rows` is at most kTileRows; b's
/// rows are padded to whole vectors.
template <Order order, bool accumulate, class E>
HWY_NOINLINE void product(int64_t rows, const E* a, int64_t a_stride, const E* b, int64_t b_stride,
                          int64_t k, float* c, int64_t c_stride, int64_t vectors) {
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
