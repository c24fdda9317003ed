// Operands of the tiled attention kernels, packed for the micro-kernel from rows of `d` elements
// that lie `stride` apart:
//   left (row, feature)      for products that read A by rows: a row is whole vectors of features
//   right (row, feature)     for products that sum over rows: as left, but pairs join a row with
//                            the next
//   columns (feature, row)   for products that sum over features: kKeyBlock rows
// Pairs come from bf16 rows; floats from either type. Padding is zero, except in rows past the
// last.
#if defined(TESSERA_ATTENTION_PACK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_ATTENTION_PACK_INL_H
#undef TESSERA_ATTENTION_PACK_INL_H
#else
#define TESSERA_ATTENTION_PACK_INL_H
#endif

#include <cstring>

#include "framework/kernels/cpu/shared/tile_product-inl.h"
#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

inline constexpr int64_t kLanes = hn::MaxLanes(F32());
inline constexpr int64_t kKeyBlock = 64;  // a multiple of kLanes

/// Number of factors in an element.
template <class E>
inline constexpr int64_t kDepth = std::is_same_v<E, Pair> ? 2 : 1;

/// Number of elements that hold `n` factors.
template <class E>
HWY_INLINE int64_t elements(int64_t n) {
  return (n + kDepth<E> - 1) / kDepth<E>;
}

HWY_INLINE int64_t whole_vectors(int64_t n) { return (n + kLanes - 1) / kLanes; }

/// The first `n` elements at `from`, a vector's worth at most, with zeros behind them.
template <class T>
HWY_INLINE VF load_some(const T* from, int64_t n) {
  if (n >= kLanes) return load(from);
  T some[kLanes] = {};
  for (int64_t i = 0; i < n; ++i) some[i] = from[i];
  return load(some);
}

/// Stores the first `n` elements of a vector, or all of them.
template <class T>
HWY_INLINE void store_some(VF x, T* to, int64_t n) {
  if (n >= kLanes) return store(x, to);
  T some[kLanes];
  store(x, some);
  for (int64_t i = 0; i < n; ++i) to[i] = some[i];
}

/// Whether all elements are finite: the sum of x · 0 is then 0, and NaN otherwise.
template <class T>
HWY_INLINE bool all_finite(const T* from, int64_t stride, int64_t rows, int64_t d) {
  VF odd = splat(0.0f);
  for (int64_t row = 0; row < rows; ++row, from += stride)
    for (int64_t i = 0; i < d; i += kLanes)
      odd = hn::MulAdd(load_some(from + i, d - i), splat(0.0f), odd);
  return hn::AllTrue(F32(), hn::Eq(odd, splat(0.0f)));
}

/// Computes to (d) += factor · from, for one row.
template <class T>
HWY_INLINE void add_row(const T* from, float factor, int64_t d, float* to) {
  for (int64_t i = 0; i < d; i += kLanes)
    hn::StoreU(hn::MulAdd(load_some(from + i, d - i), splat(factor), hn::LoadU(F32(), to + i)),
               F32(), to + i);
}

template <class T>
HWY_INLINE void pack_left(const T* from, int64_t stride, int64_t rows, int64_t d, float* to) {
  const int64_t width = whole_vectors(d) * kLanes;
  for (int64_t row = 0; row < rows; ++row, from += stride, to += width)
    for (int64_t i = 0; i < d; i += kLanes) hn::StoreU(load_some(from + i, d - i), F32(), to + i);
}
HWY_INLINE void pack_left(const bfloat16* from, int64_t stride, int64_t rows, int64_t d, Pair* to) {
  const int64_t width = whole_vectors(d) * kLanes;
  auto* target = reinterpret_cast<bfloat16*>(to);
  for (int64_t row = 0; row < rows; ++row, from += stride, target += width) {
    std::memcpy(target, from, static_cast<size_t>(d) * sizeof(bfloat16));
    std::fill(target + d, target + width, bfloat16());
  }
}

template <class T>
HWY_INLINE void pack_right(const T* from, int64_t stride, int64_t rows, int64_t d, float* to) {
  pack_left(from, stride, rows, d, to);
}
HWY_INLINE void pack_right(const bfloat16* from, int64_t stride, int64_t rows, int64_t d,
                           Pair* to) {
  const U32 word;
  const int64_t width = whole_vectors(d) * kLanes;
  for (int64_t row = 0; row < rows; row += 2, from += 2 * stride, to += width)
    for (int64_t i = 0; i < d; i += kLanes) {
      // The upper half of a float is its bf16.
      const auto first = hn::BitCast(word, load_some(from + i, d - i));
      const auto second =
          row + 1 < rows ? hn::BitCast(word, load_some(from + stride + i, d - i)) : hn::Zero(word);
      hn::StoreU(hn::Or(hn::ShiftRight<16>(first), second), word, to + i);
    }
}

// load_four gives four elements of a row, from `p` on; load_one gives the element at feature `i`.
using Word4 = hn::FixedTag<uint32_t, 4>;
HWY_INLINE hn::Vec<Word4> load_four(const float* p, float) {
  return hn::LoadU(Word4(), reinterpret_cast<const uint32_t*>(p));
}
HWY_INLINE hn::Vec<Word4> load_four(const bfloat16* p, float) {
  const auto bits = hn::LoadU(hn::FixedTag<uint16_t, 4>(), reinterpret_cast<const uint16_t*>(p));
  return hn::ShiftLeft<16>(hn::PromoteTo(Word4(), bits));
}
HWY_INLINE hn::Vec<Word4> load_four(const bfloat16* p, Pair) {
  const auto bits = hn::LoadU(hn::FixedTag<uint16_t, 8>(), reinterpret_cast<const uint16_t*>(p));
  return hn::BitCast(Word4(), bits);
}
template <class T>
HWY_INLINE float load_one(const T* row, int64_t i, int64_t, float) {
  return static_cast<float>(row[i]);
}
HWY_INLINE Pair load_one(const bfloat16* row, int64_t i, int64_t d, Pair) {
  return row[i].bits | (i + 1 < d ? static_cast<Pair>(row[i + 1].bits) << 16 : 0);
}

/// Packs columns; blocks of 4 × 4 are transposed in registers.
template <class T, class E>
HWY_INLINE void pack_columns(const T* from, int64_t stride, int64_t rows, int64_t d, E* to) {
  const Word4 four;
  constexpr int64_t step = 4 * kDepth<E>;
  const auto put = [&](hn::Vec<Word4> v, E* target) {
    hn::StoreU(v, four, reinterpret_cast<uint32_t*>(target));
  };
  const int64_t quads = rows / 4 * 4, whole = d / step * step;
  for (int64_t row = 0; row < quads; row += 4)
    for (int64_t i = 0; i < whole; i += step) {
      const T* source = from + row * stride + i;
      const auto a = load_four(source, E()), b = load_four(source + stride, E()),
                 c = load_four(source + 2 * stride, E()), e = load_four(source + 3 * stride, E());
      const auto ac_low = hn::InterleaveLower(four, a, c),
                 ac_high = hn::InterleaveUpper(four, a, c);
      const auto be_low = hn::InterleaveLower(four, b, e),
                 be_high = hn::InterleaveUpper(four, b, e);
      E* target = to + i / kDepth<E> * kKeyBlock + row;
      put(hn::InterleaveLower(four, ac_low, be_low), target);
      put(hn::InterleaveUpper(four, ac_low, be_low), target + kKeyBlock);
      put(hn::InterleaveLower(four, ac_high, be_high), target + 2 * kKeyBlock);
      put(hn::InterleaveUpper(four, ac_high, be_high), target + 3 * kKeyBlock);
    }
  for (int64_t row = 0; row < kKeyBlock; ++row)
    for (int64_t i = row < quads ? whole : 0; i < d; i += kDepth<E>)
      to[i / kDepth<E> * kKeyBlock + row] =
          row < rows ? load_one(from + row * stride, i, d, E()) : E();
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
