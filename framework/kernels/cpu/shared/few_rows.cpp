#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/shared/few_rows.cpp"
#include "framework/kernels/cpu/shared/few_rows.h"

#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_rows-inl.h"
#include "framework/kernels/cpu/shared/tile_product-inl.h"

#if HWY_TARGET == HWY_AVX3
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512bf16")
#else
HWY_BEFORE_NAMESPACE();
#endif
namespace tessera::cpu::HWY_NAMESPACE {

// How elements are loaded, multiplied and added to sums of f32. kRows rows by four columns is what
// fits into the registers, of which AVX-512 has 32 and others 16.
inline constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3;

struct Floats {
  using Element = float;
  using V = VF;
  static constexpr int kRows = kManyRegisters ? 4 : 3;
  static int64_t width() { return lanes(); }
  static HWY_INLINE V take(const float* p) { return load(p); }
  static HWY_INLINE VF add_product(V x, V w, VF sum) { return hn::MulAdd(x, w, sum); }
};

/// bf16 as two vectors of f32: the elements at even places and those at odd ones.
struct Halves {
  using Element = bfloat16;
  struct V {
    VF even, odd;
  };
  static constexpr int kRows = kManyRegisters ? 4 : 2;
  static int64_t width() { return 2 * lanes(); }
  static HWY_INLINE V take(const bfloat16* p) {
    const U32 d;
    const auto words = hn::LoadU(d, reinterpret_cast<const uint32_t*>(p));
    return {hn::BitCast(F32(), hn::ShiftLeft<16>(words)),
            hn::BitCast(F32(), hn::And(words, hn::Set(d, 0xffff0000U)))};
  }
  static HWY_INLINE VF add_product(const V& x, const V& w, VF sum) {
    return hn::MulAdd(x.odd, w.odd, hn::MulAdd(x.even, w.even, sum));
  }
};

#if TESSERA_MULTIPLIES_PAIRS
/// Pairs of bf16, multiplied and added by one instruction.
struct Pairs {
  using Element = bfloat16;
  using V = __m512i;
  static constexpr int kRows = 4;
  static int64_t width() { return 32; }
  static HWY_INLINE V take(const bfloat16* p) { return _mm512_loadu_si512(p); }
  static HWY_INLINE VF add_product(V x, V w, VF sum) {
    return VF{
        _mm512_dpbf16_ps(sum.raw, reinterpret_cast<__m512bh>(x), reinterpret_cast<__m512bh>(w))};
  }
};
#endif

/// Fewer elements than a vector's, followed by zeros.
template <class M>
HWY_INLINE typename M::V take_part(const typename M::Element* p, int64_t count) {
  typename M::Element part[2 * HWY_MAX_BYTES / sizeof(float)] = {};
  for (int64_t i = 0; i < count; ++i) part[i] = p[i];
  return M::take(part);
}

/// The sums of the lanes of four vectors. Each lane's place in the order of summation is fixed.
template <class D>
HWY_INLINE void four_sums(D d, hn::Vec<D> a, hn::Vec<D> b, hn::Vec<D> c, hn::Vec<D> e, float* to) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    const auto fold = [&](hn::Vec<D> v) HWY_ATTR {
      return hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
    };
    four_sums(half, fold(a), fold(b), fold(c), fold(e), to);
  } else {
    const auto ac = hn::Add(hn::InterleaveLower(d, a, c), hn::InterleaveUpper(d, a, c));
    const auto be = hn::Add(hn::InterleaveLower(d, b, e), hn::InterleaveUpper(d, b, e));
    hn::StoreU(hn::Add(hn::InterleaveLower(d, ac, be), hn::InterleaveUpper(d, ac, be)), d, to);
  }
}

/// Adds the products of `count` elements of each row and column.
template <class M, int rows, int columns, bool whole>
HWY_INLINE void add_products(const typename M::Element* HWY_RESTRICT x,
                             const typename M::Element* HWY_RESTRICT w, int64_t k, int64_t count,
                             VF (&sum)[rows][columns]) {
  typename M::V factor[rows];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
    factor[r] = whole ? M::take(x + r * k) : take_part<M>(x + r * k, count);
#pragma GCC unroll 8
  for (int c = 0; c < columns; ++c) {
    const typename M::V weight = whole ? M::take(w + c * k) : take_part<M>(w + c * k, count);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) sum[r][c] = M::add_product(factor[r], weight, sum[r][c]);
  }
}

/// Where a tile's columns are short, the processor's own prefetching, which follows each of them,
/// never gets going. So a tile asks for the next one's columns, which lie behind its own, in the
/// order of their addresses: into the first cache where they fit beside its own, or else into the
/// second.
enum class Ahead { no, near, far };
inline constexpr int64_t kNearBytes = 20 << 10;

template <Ahead ahead, int count>
HWY_INLINE void prefetch_lines(const char* from) {
  constexpr int kLine = 64;
#pragma GCC unroll 8
  for (int b = 0; b < count; b += kLine) {
    if constexpr (ahead == Ahead::near) __builtin_prefetch(from + b, 0, 3);
    if constexpr (ahead == Ahead::far) __builtin_prefetch(from + b, 0, 2);
  }
}

/// `rows` of x by `columns` of the weight, which is a multiple of four, or one.
template <class M, int rows, int columns, Ahead ahead>
HWY_INLINE void few_rows_tile(const typename M::Element* HWY_RESTRICT x,
                              const typename M::Element* HWY_RESTRICT w, int64_t k, float* out) {
  VF sum[rows][columns];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c) sum[r][c] = splat(0.0f);
  const int64_t whole = k / M::width() * M::width();
  for (int64_t i = 0; i < whole; i += M::width()) {
    prefetch_lines<ahead, columns * HWY_MAX_BYTES>(
        reinterpret_cast<const char*>(w + columns * (k + i)));
    add_products<M, rows, columns, true>(x + i, w + i, k, M::width(), sum);
  }
  if (whole < k) add_products<M, rows, columns, false>(x + whole, w + whole, k, k - whole, sum);
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
    float* to = out + r * FewRows::kColumns;
    if constexpr (columns == 1) {
      float sums[4];
      four_sums(F32(), sum[r][0], splat(0.0f), splat(0.0f), splat(0.0f), sums);
      to[0] = sums[0];
    } else {
#pragma GCC unroll 8
      for (int c = 0; c < columns; c += 4)
        four_sums(F32(), sum[r][c], sum[r][c + 1], sum[r][c + 2], sum[r][c + 3], to + c);
    }
  }
}

/// The rows of x by `columns` of the weight; the first rows ask for what comes next.
template <class M, int columns, Ahead ahead>
HWY_INLINE void few_rows_columns(const FewRows& p, const typename M::Element* x,
                                 const typename M::Element* w, float* out) {
  if (p.m < M::kRows) {
    few_rows_tile<M, 1, columns, ahead>(x, w, p.k, out);
    for (int64_t r = 1; r < p.m; ++r)
      few_rows_tile<M, 1, columns, Ahead::no>(x + r * p.k, w, p.k, out + r * FewRows::kColumns);
    return;
  }
  few_rows_tile<M, M::kRows, columns, ahead>(x, w, p.k, out);
  int64_t r = M::kRows;
  for (; r + M::kRows <= p.m; r += M::kRows)
    few_rows_tile<M, M::kRows, columns, Ahead::no>(x + r * p.k, w, p.k,
                                                   out + r * FewRows::kColumns);
  for (; r < p.m; ++r)
    few_rows_tile<M, 1, columns, Ahead::no>(x + r * p.k, w, p.k, out + r * FewRows::kColumns);
}

template <class M, Ahead ahead>
HWY_INLINE void all_columns(const FewRows& p, const typename M::Element* x,
                            const typename M::Element* w, int64_t first, int64_t last, float* out) {
  int64_t c = first;
  // One row alone has few sums, so it takes more columns at once.
  if (p.m == 1)
    for (; c + 8 <= last; c += 8)
      few_rows_tile<M, 1, 8, ahead>(x, w + c * p.k, p.k, out + c - first);
  for (; c + 4 <= last; c += 4) few_rows_columns<M, 4, ahead>(p, x, w + c * p.k, out + c - first);
  for (; c < last; ++c) few_rows_columns<M, 1, Ahead::no>(p, x, w + c * p.k, out + c - first);
}

template <class M>
void few_rows(const FewRows& p, const void* x_data, const void* w_data, int64_t first, int64_t last,
              float* out) {
  const auto* x = static_cast<const typename M::Element*>(x_data);
  const auto* w = static_cast<const typename M::Element*>(w_data);
  const int64_t bytes = (p.m == 1 ? 8 : 4) * p.k * static_cast<int64_t>(sizeof(*w));
  if (bytes <= kNearBytes)
    all_columns<M, Ahead::near>(p, x, w, first, last, out);
  else
    all_columns<M, Ahead::far>(p, x, w, first, last, out);
}

FewRowsFunction choose_few_rows(DType dtype, bool pairs) {
  if (dtype == DType::f32) return &few_rows<Floats>;
#if TESSERA_MULTIPLIES_PAIRS
  if (pairs) return &few_rows<Pairs>;
#endif
  (void)pairs;
  return &few_rows<Halves>;
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {

HWY_EXPORT(choose_few_rows);
FewRowsFunction few_rows_function(DType dtype, Isa isa) {
  return TESSERA_SIMD(choose_few_rows, isa)(dtype, isa >= Isa::avx512_bf16);
}

}  // namespace tessera::cpu
#endif
